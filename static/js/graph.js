// A large type system to move about in: the server's own drawing, its view box moved. Without this
// script the drawing scrolls, and the table lists everything.
'use strict';

class Graph {
  constructor(frame) {
    this.frame = frame;
    this.svg = frame.querySelector('svg');
    this.nodes = [...this.svg.querySelectorAll('[data-node]')];
    this.edges = [...this.svg.querySelectorAll('[data-edge]')];
    const { width, height } = this.svg.viewBox.baseVal;
    this.whole = { x: 0, y: 0, w: width, h: height };
    frame.classList.add('app-graph');
    this.addTools();
    this.listen();
    this.show(this.whole);
  }

  addTools() {
    const tools = document.createElement('div');
    tools.className = 'app-graph__tools';
    const list = document.createElement('datalist');
    list.id = `${this.frame.id}-types`;
    for (const node of this.nodes) {
      const option = document.createElement('option');
      option.value = node.dataset.node;
      list.append(option);
    }
    const label = document.createElement('label');
    label.className = 'cds--label';
    label.textContent = 'Find a type';
    this.search = document.createElement('input');
    this.search.className = 'cds--text-input';
    this.search.type = 'search';
    this.search.autocomplete = 'off';
    this.search.setAttribute('list', list.id);
    label.append(this.search);
    tools.append(label, list);
    const buttons = document.createElement('div');
    buttons.className = 'app-graph__buttons';
    for (const [words, act] of [
      ['Zoom in', () => this.zoom(0.75)],
      ['Zoom out', () => this.zoom(1 / 0.75)],
      ['Whole picture', () => this.reset()],
    ]) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'cds--btn cds--btn--tertiary cds--btn--sm';
      button.textContent = words;
      button.addEventListener('click', act);
      buttons.append(button);
    }
    tools.append(buttons);
    this.told = document.createElement('p');
    this.told.className = 'app-graph__told';
    this.told.setAttribute('role', 'status');
    this.told.textContent = 'Drag to move. With the picture focused: arrow keys move, + and − zoom, 0 shows all.';
    this.frame.before(tools);
    this.frame.after(this.told);
  }

  listen() {
    this.search.addEventListener('change', () => this.find(this.search.value));
    this.frame.addEventListener('keydown', (event) => this.key(event));
    this.frame.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, this.point(event));
    }, { passive: false });
    this.frame.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.drag = { x: event.clientX, y: event.clientY, view: this.view, moved: false };
    });
    this.frame.addEventListener('pointermove', (event) => this.move(event));
    window.addEventListener('pointerup', (event) => {
      if (this.drag && !this.drag.moved && this.frame.contains(event.target)) {
        this.choose(event.target.closest('[data-node]'));
      }
      this.drag = null;
    });
  }

  key(event) {
    const step = this.view.w / 10;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) this.shift(...moves[event.key]);
    else if (event.key === '+' || event.key === '=') this.zoom(0.75);
    else if (event.key === '-') this.zoom(1 / 0.75);
    else if (event.key === '0') this.reset();
    else if (event.key === 'Escape') this.choose(null);
    else return;
    event.preventDefault();
  }

  move(event) {
    if (!this.drag) return;
    const scale = this.scale();
    const x = (event.clientX - this.drag.x) / scale;
    const y = (event.clientY - this.drag.y) / scale;
    if (Math.abs(x) + Math.abs(y) > 4 / scale) this.drag.moved = true;
    if (this.drag.moved) this.show({ ...this.drag.view, x: this.drag.view.x - x, y: this.drag.view.y - y });
  }

  // Screen pixels for each pixel of the drawing.
  scale() {
    const box = this.svg.getBoundingClientRect();
    return Math.min(box.width / this.view.w, box.height / this.view.h);
  }

  point(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = this.scale();
    return {
      x: this.view.x + this.view.w / 2 + (event.clientX - box.x - box.width / 2) / scale,
      y: this.view.y + this.view.h / 2 + (event.clientY - box.y - box.height / 2) / scale,
    };
  }

  show(view) {
    this.view = view;
    this.svg.setAttribute('viewBox', `${view.x} ${view.y} ${view.w} ${view.h}`);
  }

  shift(x, y) {
    this.show({ ...this.view, x: this.view.x + x, y: this.view.y + y });
  }

  zoom(factor, about) {
    const { x, y, w, h } = this.view;
    const wide = Math.min(Math.max(w * factor, 200), this.whole.w * 2);
    const share = wide / w;
    const at = about || { x: x + w / 2, y: y + h / 2 };
    this.show({ x: at.x - (at.x - x) * share, y: at.y - (at.y - y) * share, w: wide, h: h * share });
  }

  reset() {
    this.choose(null);
    this.show(this.whole);
  }

  find(words) {
    const wanted = words.trim().toLowerCase();
    if (!wanted) return;
    const named = (node) => node.dataset.node.toLowerCase();
    const node = this.nodes.find((one) => named(one) === wanted) || this.nodes.find((one) => named(one).includes(wanted));
    if (!node) {
      this.told.textContent = `No type is called “${words}”.`;
      return;
    }
    const box = node.getBBox();
    const w = Math.min(900, this.whole.w);
    const h = (w * this.whole.h) / this.whole.w;
    this.show({ x: box.x + box.width / 2 - w / 2, y: box.y + box.height / 2 - h / 2, w, h });
    this.choose(node);
  }

  choose(node) {
    this.frame.classList.toggle('app-graph--chosen', Boolean(node));
    for (const one of [...this.nodes, ...this.edges]) one.classList.remove('app-graph__near');
    if (!node) return;
    const number = String(this.nodes.indexOf(node));
    const said = [];
    node.classList.add('app-graph__near');
    for (const edge of this.edges) {
      const ends = edge.dataset.edge.split(' ');
      if (!ends.includes(number)) continue;
      edge.classList.add('app-graph__near');
      for (const end of ends) this.nodes[end].classList.add('app-graph__near');
      said.push(edge.querySelector('title').textContent);
    }
    const about = node.querySelector('title').textContent;
    this.told.textContent = [about, ...said].join('. ');
  }
}

for (const frame of document.querySelectorAll('[data-graph]')) new Graph(frame);
