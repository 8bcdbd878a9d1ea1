// New evidence is read from its beginning.
watch("value", () => {
  element.closest("#panel").scrollTop = 0;
});
