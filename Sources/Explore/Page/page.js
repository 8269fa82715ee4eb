// The page keeps the code, and the server decodes it: code = where it began + the sliders' steps.
import { CodeMap, addSliders, drawCurves, element, setSlider, showLegend } from "./widgets.js";

const token = location.hash.slice(1);
let model, map;
let sliders = [];                     // each an input and the step of 1
let base = [];                        // latents where all sliders are 0
let source = { kind: "average" };     // where the base came from, to get it again from another checkpoint
let step;                             // of the checkpoint that is chosen
let marks = [];                       // the checkpoints there are

async function ask(path, options = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(path, { ...options, headers });
  if (!answer.ok) {
    const sentence = (await answer.text()).trim() || `the server answers ${answer.status}`;
    throw Object.assign(new Error(sentence), { status: answer.status });
  }
  return answer;
}

const ofStep = (path) => path + (path.includes("?") ? "&" : "?") + `step=${step}`;
const say = (text) => { element("status").textContent = text; };

/** Does what may fail, and says so. */
const tried = (work) => async (...all) => { try { await work(...all); } catch (error) { say(error.message); } };

async function paint(canvas, blob) {
  const bitmap = await createImageBitmap(blob);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
}

// The picture of the code: one request at a time, and the newest code next.

let wanted = 0, isDecoding = false;

function latents() {
  const sum = base.slice();
  for (const { input, step } of sliders) {
    const value = Number(input.value);
    if (value) for (let index = 0; index < sum.length; index++) sum[index] += value * step[index];
  }
  return sum;
}

function classes() {
  const chosen = Number(element("class").value);
  return Array.from({ length: model.classes }, (_, index) => (index === chosen ? 1 : 0));
}

async function changed() {
  wanted++;
  showPlace();
  if (isDecoding) return;
  isDecoding = true;
  for (let shown = 0; shown < wanted;) {
    shown = wanted;
    await tried(decode)();
  }
  isDecoding = false;
}

async function decode() {
  const began = performance.now();
  const code = latents().concat(classes());
  const answer = await ask(ofStep("picture.png"), { method: "POST", body: JSON.stringify({ code }) });
  await paint(element("picture"), await answer.blob());
  element("caption").textContent = `decoded in ${Math.max(1, Math.round(performance.now() - began))} ms`;
  say("");
}

/** The point of the map: the code's part along both directions. */
function showPlace() {
  if (!map) return;
  const code = latents();
  const along = ({ step }) => {
    let product = 0, length = 0;
    step.forEach((value, index) => { product += value * (code[index] - model.survey.centre[index]); length += value * value; });
    return product / length;
  };
  map.show(along(model.survey.directions[0]), along(model.survey.directions[1]));
}

function resetSliders() { for (const { input } of sliders) setSlider(input, 0); }

function setBase(code) {
  base = code.slice(0, model.latents);
  const labels = code.slice(model.latents);
  if (labels.length) element("class").value = labels.indexOf(Math.max(...labels));
}

// Where to begin.

const codes = new Map();              // of held-out images, by the path that was asked

async function exampleCode(index) {
  const path = ofStep(`example.json?index=${index}`);
  if (codes.size > 1000) codes.clear();
  if (!codes.has(path)) codes.set(path, (await (await ask(path)).json()).code);
  return codes.get(path);
}

let isBeginning = false, beginsAgain = false;

/** Gets the base from the source, by the checkpoint that is chosen: one at a time, and the newest next. */
async function begin() {
  beginsAgain = true;
  if (isBeginning) return;
  isBeginning = true;
  while (beginsAgain) {
    beginsAgain = false;
    await tried(getBase)();
  }
  isBeginning = false;
}

async function getBase() {
  const from = source;
  let code, picture = null;
  if (from.kind === "average") code = model.survey.centre.concat(classes());
  if (from.kind === "draw") {
    const label = model.classes ? `&class=${element("class").value}` : "";
    code = (await (await ask(ofStep(`draw.json?seed=${from.seed}${label}`))).json()).code;
  }
  if (from.kind === "example") {
    code = await exampleCode(from.index);
    picture = await (await ask(`example.png?index=${from.index}`)).blob();
  }
  if (from.kind === "mix") code = mixed(await exampleCode(from.first), await exampleCode(from.second));
  if (from.kind === "own") {
    const seen = await (await ask(ofStep("code.json"), { method: "POST", body: from.file })).json();
    code = seen.code;
    picture = new Blob([Uint8Array.from(atob(seen.png), (letter) => letter.charCodeAt(0))], { type: "image/png" });
  }
  setBase(code);
  element("original-figure").hidden = !picture;
  if (picture) await paint(element("original"), picture);
  await changed();
}

function beginFrom(next) {
  source = next;
  resetSliders();
  return begin();
}

/** A whole number from 1 that an input holds, as an index. */
function index(id) {
  const number = Math.round(Number(element(id).value)) || 1;
  const inside = Math.max(1, Math.min(model.examples, number));
  element(id).value = inside;
  return inside - 1;
}

/** Between two codes: along a line, or along the arc around 0 that leads from one to the other (Shoemake, 1985). */
function mixed(first, second) {
  const share = Number(element("mix-share").value) / 100;
  const count = model.latents;
  let weights = [1 - share, share];
  if (element("mix-path").value === "spherical") {
    const dot = (a, b) => { let sum = 0; for (let n = 0; n < count; n++) sum += a[n] * b[n]; return sum; };
    const cosine = dot(first, second) / Math.sqrt(dot(first, first) * dot(second, second));
    const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
    if (Math.sin(angle) > 1e-4) weights = weights.map((weight) => Math.sin(weight * angle) / Math.sin(angle));
  }
  const labels = share < 0.5 ? first.slice(count) : second.slice(count);
  return first.slice(0, count).map((value, n) => weights[0] * value + weights[1] * second[n]).concat(labels);
}

function mix() {
  element("mix-value").textContent = `${element("mix-share").value} %`;
  beginFrom({ kind: "mix", first: index("mix-first"), second: index("mix-second") });
}

// What goes on with the run.

const follow = tried(async () => {
  if (document.hidden) return;
  const progress = await (await ask("run.json")).json();
  if (model && progress.checkpoints.length) showCheckpoints(progress.checkpoints);
  showActivity(progress.activity);
  const curves = progress.curves;
  element("curves-section").hidden = !curves;
  if (!curves) return;
  drawCurves(element("curves"), curves);
  const workers = curves.workers === 1 ? "1 worker" : `${curves.workers} workers`;
  element("curves-facts").textContent =
    `−ELBO in nats an image, the lower the better. Step ${curves.step}, epoch ${curves.epoch}; last ${Math.round(curves.images_per_second)} images a second, ${workers}.`;
  if (curves.has_more) setTimeout(follow, 50);
});

function showActivity(activity) {
  element("activity-section").hidden = !activity;
  if (!activity) return;
  const workers = activity.workers.length ? activity.workers.join(", ") : "none";
  element("activity-facts").textContent =
    `Step ${activity.step} of ${activity.total_steps}, ${Math.round(activity.images_per_second)} images a second. Workers: ${workers}.`;
  element("events").replaceChildren(...activity.events.map(({ seconds, text }) => {
    const line = document.createElement("li");
    line.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} ${text}`;
    return line;
  }));
}

/** Who looks at the newest checkpoint gets the next one, and so does he whose checkpoint the run has removed. */
function showCheckpoints(found) {
  const hadNewest = marks.length > 0 && step === marks[marks.length - 1].step;
  marks = found;
  const newest = found[found.length - 1].step;
  const isNewer = hadNewest ? step !== newest : !found.some((mark) => mark.step === step);
  if (isNewer) {
    step = newest;
    begin();
  }
  const slider = element("epoch");
  element("epoch-row").hidden = found.length < 2;
  slider.max = found.length - 1;
  slider.value = found.findIndex((mark) => mark.step === step);
  showEpoch();
}

function showEpoch() {
  const mark = marks[Number(element("epoch").value)];
  if (!mark) return;
  const text = `epoch ${mark.epoch}, step ${mark.step}`;
  element("epoch-value").textContent = text;
  element("epoch").setAttribute("aria-valuetext", text);
}

// The page.

function showModel() {
  const { survey } = model;
  element("title").textContent = `Tributary: ${model.run}`;
  document.title = `${model.run} – Tributary`;
  const kind = model.channels === 1 ? "grey" : "colour";
  element("facts").textContent = `Images of ${model.height} × ${model.width} in ${kind}, from ${model.latents} latents`
    + (model.classes ? ` and one of ${model.classes} classes` : "") + `; checkpoint of step ${model.step}.`;
  for (const id of ["picture", "original"]) {
    Object.assign(element(id), { width: model.width, height: model.height });
    element(id).classList.toggle("grey", model.channels === 1);
  }
  element("class-row").hidden = !model.classes;
  element("class").replaceChildren(...Array.from({ length: model.classes }, (_, n) => new Option(String(n), n)));
  element("example-row").hidden = element("mix").hidden = !model.examples;
  element("example-count").textContent = `of ${model.examples}`;
  element("example-label").textContent = model.examples_are_held_out ? "Held-out image" : "Training image";
  for (const id of ["example", "mix-first", "mix-second"]) element(id).max = model.examples;
  const add = (id, title, help, directions) =>
    addSliders(element(id), title, help, directions, changed).map((input, n) => ({ input, step: directions[n].step }));
  const directions = model.examples
    ? add("directions", "Principal directions", "The ways in which codes vary most. 1 is one standard deviation.", survey.directions)
    : add("directions", "Latents", "Those that change the picture most. 1 is one standard deviation of the prior.", survey.directions);
  const attributes = add("attributes", "Attributes",
    "1 is the way from the mean code of the images without to that of the images with it.", survey.attributes);
  sliders = attributes.concat(directions);
  if (directions.length > 1) showMap(directions);
}

function showMap(directions) {
  const { plane } = model.survey;
  element("map-section").hidden = false;
  map = new CodeMap(element("map"), plane.points, (x, y) => {
    source = { kind: "average" };
    base = model.survey.centre.slice();
    element("original-figure").hidden = true;
    resetSliders();
    setSlider(directions[0].input, x);
    setSlider(directions[1].input, y);
    changed();
  });
  element("map-help").textContent = (plane.points.length
    ? `The codes of ${plane.points.length / 2} training images along the first two directions. `
    : "The plane of the first two sliders. ") + "Click, drag or use the arrow keys to see the picture of a place.";
  element("coloring-row").hidden = plane.colorings.length < 2;
  element("coloring").replaceChildren(...plane.colorings.map(({ name }, n) => new Option(name.replaceAll("_", " "), n)));
  showColoring();
}

function showColoring() {
  const coloring = model.survey.plane.colorings[Number(element("coloring").value)] ?? null;
  map.color(coloring);
  showLegend(element("legend"), coloring);
}

function listen() {
  const on = (id, event, work) => element(id).addEventListener(event, work);
  const example = () => beginFrom({ kind: "example", index: index("example") });
  const move = (by) => { element("example").value = Number(element("example").value) + by; example(); };
  on("surprise", "click", () => beginFrom({ kind: "draw", seed: Math.floor(Math.random() * 2 ** 31) }));
  on("average", "click", () => beginFrom({ kind: "average" }));
  on("reset", "click", () => { resetSliders(); changed(); });
  on("class", "change", changed);
  on("example", "change", example);
  on("previous", "click", () => move(-1));
  on("next", "click", () => move(1));
  on("mix", "submit", (event) => event.preventDefault());
  on("mix", "input", mix);
  on("coloring", "change", showColoring);
  on("epoch", "input", () => {
    const mark = marks[Number(element("epoch").value)];
    if (mark) step = mark.step;
    showEpoch();
    begin();
  });
  on("save", "click", () => element("picture").toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: "picture.png" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }));
  on("own", "change", () => { const file = element("own").files[0]; if (file) beginFrom({ kind: "own", file }); });
  listenForDrops();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map?.draw());
}

function listenForDrops() {
  const mark = (isOver) => element("drop").classList.toggle("over", isOver);
  addEventListener("dragover", (event) => { event.preventDefault(); mark(true); });
  addEventListener("dragleave", () => mark(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const file = event.dataTransfer.files[0];
    if (file) beginFrom({ kind: "own", file });
  });
}

const start = tried(async () => {
  try {
    model = await (await ask("model.json")).json();
  } catch (error) {
    if (error.status !== 503) throw error;
    say(error.message);
    await follow();
    setTimeout(start, 3000);
    return;
  }
  step = model.step;
  showModel();
  listen();
  await beginFrom(model.examples ? { kind: "example", index: 0 } : { kind: "average" });
  await follow();
  setInterval(follow, 5000);
  document.documentElement.dataset.ready = "true";
});

start();
