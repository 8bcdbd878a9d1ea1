// A file that the server made is handed to the browser, which saves it.
watch("value", () => {
  const link = element.querySelector("[data-content]");
  if (!link) return;
  const bytes = Uint8Array.from(atob(link.dataset.content), (char) => char.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: link.dataset.type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = link.dataset.name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
});
