element.addEventListener("change", (event) => {
  const language = event.target.value;
  const address = new URL(window.location.href);
  address.searchParams.set("lang", language);
  window.history.replaceState(null, "", address);
  trigger("choose", { language });
});
