// Leaving at once: the page is replaced, so that "Back" does not lead here. Without this script the link still works.
document.getElementById("leave").addEventListener("click", (event) => {
  event.preventDefault();
  document.documentElement.hidden = true;
  window.location.replace(event.currentTarget.href);
});
// A page kept by the browser for "Back" is asked for again: a visit may be over by then.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
