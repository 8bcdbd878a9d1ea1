const dress = () => {
  const masthead = element.querySelector(".masthead");
  if (!masthead) return;
  document.documentElement.lang = masthead.dataset.language;
  document.documentElement.dir = masthead.dataset.direction;
  document.title = masthead.dataset.title;
};
dress();
watch("value", dress);
