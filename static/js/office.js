// Keys of the office: "/" goes to the search, Ctrl+Enter saves, arrows walk through a list, Enter opens.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    document.getElementById("search").focus();
  } else if (event.key === "Enter" && event.ctrlKey && typing) {
    typing.form?.requestSubmit();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing) {
    const links = [...document.querySelectorAll("table.walk tbody td:first-child > a")];
    if (!links.length) return;
    const here = links.indexOf(document.activeElement);
    const next = event.key === "ArrowDown" ? here + 1 : here - 1;
    links[Math.max(0, Math.min(links.length - 1, next))].focus();
    event.preventDefault();
  }
});
document.querySelectorAll("form[data-submit-on-change]").forEach((form) => {
  form.addEventListener("change", () => form.requestSubmit());
});
document.querySelectorAll("button[data-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});
