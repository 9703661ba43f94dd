// The frame of every page. Keys: "/" goes to the search, Ctrl+Enter saves, arrows walk through a list, Enter opens.
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
document.querySelectorAll("button[data-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});

// The bell: how much waits, asked for when the page is there. Without an answer the plain link stays.
document.querySelectorAll("[data-bell]").forEach(async (bell) => {
  try {
    const answer = await fetch(bell.dataset.bell, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const { todos, reminders } = await answer.json();
    const tag = bell.querySelector(".tag");
    tag.textContent = todos + reminders;
    tag.hidden = !(todos + reminders);
    bell.title = `待办 ${todos} 件，时限提醒 ${reminders} 条`;
  } catch {
    // the page is being left, or the server is away
  }
});

// Copy a text box. The clipboard is only offered to pages over https; elsewhere the old command does it.
document.querySelectorAll("button[data-copy]").forEach((button) => {
  button.addEventListener("click", async () => {
    const box = document.getElementById(button.dataset.copy);
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
      button.textContent = "已复制";
    } catch {
      button.textContent = document.execCommand("copy") ? "已复制" : "已选中，请按 Ctrl+C";
    }
  });
});
