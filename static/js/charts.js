// Draw every chart of the page from its JSON; canvas and rich text keep the content security policy strict.
document.querySelectorAll("[data-chart]").forEach((place) => {
  const option = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  option.animation = false;
  option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
  option.tooltip = { ...option.tooltip, renderMode: "richText", confine: true };
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(option);
  window.addEventListener("resize", () => chart.resize());
});
