// The progress of jobs: asked every two seconds, the page is read anew when one has ended.
function watch(place) {
  const bar = place.querySelector("progress");
  const badge = (place.closest("tr") ?? document.querySelector("h1")).querySelector(".tag");
  const words = place.querySelector("p");

  async function ask() {
    try {
      const answer = await fetch(place.dataset.job, { headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) throw new Error(answer.statusText);
      const job = await answer.json();
      if (!job.open) return location.reload();
      words.textContent = job.words;
      badge.textContent = job.label;
      if (job.percent === null) bar.removeAttribute("value");
      else bar.value = job.percent;
    } catch {
      words.textContent = "暂时联系不上服务器，作业仍会继续；正在重新连接……";
    }
    setTimeout(ask, 2000);
  }
  setTimeout(ask, 2000);
}
document.querySelectorAll("[data-job]").forEach(watch);
