// What the page is made of: sliders, the map of codes, the curves. Nothing here knows of the server.

export const element = (id) => document.getElementById(id);

/** A number with its sign and two decimals. */
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

/** Adds a slider from −3 to 3 for each direction, and returns their inputs. */
export function addSliders(parent, title, explanation, directions, changed) {
  if (!directions.length) return [];
  const heading = document.createElement("h3");
  heading.textContent = title;
  const help = document.createElement("p");
  help.textContent = explanation;
  parent.append(heading, help);
  return directions.map((direction, index) => {
    const id = `${parent.id}-${index}`;
    const row = document.createElement("div");
    row.className = "slider";
    const label = document.createElement("label");
    label.htmlFor = id;
    label.textContent = direction.name.replaceAll("_", " ");
    const value = document.createElement("output");
    const note = document.createElement("small");
    note.id = `${id}-note`;
    note.textContent = direction.note;
    const input = document.createElement("input");
    Object.assign(input, { id, type: "range", min: -3, max: 3, step: 0.05, value: 0 });
    input.setAttribute("aria-describedby", note.id);
    const show = () => { value.textContent = signed(Number(input.value)); };
    input.addEventListener("input", () => { show(); changed(); });
    input.addEventListener("set", show);
    show();
    row.append(label, value, input, note);
    parent.append(row);
    return input;
  });
}

/** Moves a slider without anybody having touched it. */
export function setSlider(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("set"));
}

// Apart for colour-blind eyes as long as there are eight (Okabe and Ito, 2008); then hues.
const few = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a7f00", "#7a7a7a"];
const color = (group, count) => (count <= few.length ? few[group] : `hsl(${(360 * group) / count} 65% 50%)`);

/** The map: points in steps along both directions, and where the picture is. */
export class CodeMap {
  constructor(canvas, points, moved) {
    Object.assign(this, { canvas, points, moved, coloring: null, place: [0, 0] });
    this.reach = 3.2;
    canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); this.follow(event); });
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) this.follow(event); });
    canvas.addEventListener("keydown", (event) => this.press(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  follow(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    this.go((2 * x - 1) * this.reach, (1 - 2 * y) * this.reach);
  }

  press(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const step = event.shiftKey ? 0.5 : 0.1;
    this.go(this.place[0] + step * way[0], this.place[1] + step * way[1]);
  }

  go(x, y) {
    const limit = (value) => Math.round(20 * Math.max(-3, Math.min(3, value))) / 20;
    this.moved(limit(x), limit(y));
  }

  show(x, y) { this.place = [x, y]; this.draw(); }

  color(coloring) { this.coloring = coloring; this.draw(); }

  draw() {
    const { canvas, points, coloring } = this;
    const size = Math.round(canvas.clientWidth * devicePixelRatio);
    if (!size) return;
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const pen = canvas.getContext("2d");
    const at = (value) => ((value / this.reach + 1) / 2) * size;
    const style = getComputedStyle(canvas);
    pen.clearRect(0, 0, size, size);
    pen.strokeStyle = style.getPropertyValue("--line");
    pen.beginPath();
    pen.moveTo(size / 2, 0); pen.lineTo(size / 2, size); pen.moveTo(0, size / 2); pen.lineTo(size, size / 2);
    pen.stroke();
    pen.globalAlpha = 0.6;
    const radius = size / 180;
    for (let n = 0; n < points.length / 2; n++) {
      const group = coloring ? coloring.members[n] : 0;
      pen.fillStyle = group < 0 ? style.getPropertyValue("--soft") : color(group, coloring ? coloring.groups.length : 1);
      pen.beginPath();
      pen.arc(at(points[2 * n]), size - at(points[2 * n + 1]), radius, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = style.getPropertyValue("--ink");
    pen.lineWidth = size / 120;
    pen.beginPath();
    pen.arc(at(this.place[0]), size - at(this.place[1]), size / 40, 0, 7);
    pen.stroke();
  }
}

/** What the colours mean. */
export function showLegend(list, coloring) {
  list.replaceChildren(...(coloring ? coloring.groups : []).map((name, group) => {
    const item = document.createElement("li");
    const dot = document.createElement("span");
    dot.style.background = color(group, coloring.groups.length);
    item.append(dot, name.replaceAll("_", " "));
    return item;
  }));
}

/** Draws −ELBO by steps: every training step, and the held-out images. */
export function drawCurves(svg, curves) {
  const pairs = (values) => Array.from({ length: values.length / 2 }, (_, n) => [values[2 * n], values[2 * n + 1]]);
  const train = pairs(curves.train), valid = pairs(curves.valid);
  const ys = [...train, ...valid].map((point) => point[1]).sort((a, b) => a - b);
  if (!ys.length) return;
  // The first steps are so high that the rest would be flat.
  const low = ys[0], high = Math.max(ys[Math.floor(0.97 * (ys.length - 1))], low + 1e-9);
  const right = Math.max(1, curves.step);
  const x = (step) => 44 + 346 * (step / right);
  const y = (value) => 14 + 160 * (1 - (Math.min(value, high) - low) / (high - low));
  const make = (name, attributes, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const line = (points, name) => make("polyline", { class: name, points: points.map(([a, b]) => `${x(a)},${y(b)}`).join(" ") });
  svg.replaceChildren(
    make("line", { class: "axis", x1: 44, x2: 390, y1: 174, y2: 174 }),
    make("line", { class: "axis", x1: 44, x2: 44, y1: 14, y2: 174 }),
    make("text", { x: 40, y: 18, "text-anchor": "end" }, high.toPrecision(4)),
    make("text", { x: 40, y: 174, "text-anchor": "end" }, low.toPrecision(4)),
    make("text", { x: 44, y: 190 }, "0"),
    make("text", { x: 390, y: 190, "text-anchor": "end" }, `step ${curves.step}`),
    line(train, "train"), line(valid, "valid"),
    ...valid.map(([a, b]) => make("circle", { class: "valid", cx: x(a), cy: y(b), r: 2 })),
    make("text", { class: "train", x: 385, y: 26, "text-anchor": "end" }, "training"),
    make("text", { class: "valid", x: 385, y: 42, "text-anchor": "end" }, "held out"));
  const last = (points) => (points.length ? `${points[points.length - 1][1].toPrecision(4)} nats` : "none yet");
  svg.setAttribute("aria-label", `Negative ELBO at step ${curves.step}: training ${last(train)}, held out ${last(valid)}`);
}
