// The progress of a job: asked every two seconds, the page is read anew when the job has ended.
const watched = document.querySelector("[data-job]");
const bar = watched.querySelector("progress");
const badge = document.querySelector("h1 .tag");
const words = watched.querySelector("p");

async function ask() {
  try {
    const answer = await fetch(watched.dataset.job, { headers: { Accept: "application/json" } });
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
