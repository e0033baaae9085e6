// What pages can do better with a script. Every page works without it.
'use strict';

// Menus close on Escape (focus goes back to their button) and on a click elsewhere.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A form is sent once: a second click on a slow server would start the work twice.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === 'post') form.dataset.sent = 'yes';
  const busy = form.querySelector('[data-drop-busy]');
  if (busy) {
    busy.hidden = false;
    document.getElementById('status').textContent = busy.textContent.trim();
  }
});
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  for (const busy of document.querySelectorAll('[data-drop-busy]')) busy.hidden = true;
});

// "4 s ago" goes on counting between two answers of the server.
function inWords(seconds) {
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} days ago`;
}
let ahead = 0; // how far this browser's clock is ahead of the server's, in ms
function readClock(headers) {
  const served = Date.parse(headers || '');
  if (served) ahead = Date.now() - served;
}
function tick() {
  for (const time of document.querySelectorAll('time[data-ago]')) {
    const seconds = Math.max(0, Math.floor((Date.now() - ahead - Date.parse(time.dateTime)) / 1000));
    const words = inWords(seconds);
    if (time.textContent !== words) time.textContent = words;
  }
}
readClock(document.documentElement.dataset.now);
setInterval(tick, 1000);

// What the server wants announced stands in data-announce of the swapped part; said once.
let said = '';
function announce() {
  const part = document.querySelector('[data-announce]');
  const words = part ? part.dataset.announce : '';
  if (!words || words === said) return;
  if (said) document.getElementById('status').textContent = words;
  said = words;
}

// Opened details stay open across a swap.
let open = [];
document.addEventListener('htmx:beforeSwap', (event) => {
  readClock(event.detail.xhr.getResponseHeader('Date'));
  open = [...document.querySelectorAll('details[id][open]')].map((each) => each.id);
});
document.addEventListener('htmx:afterSettle', () => {
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  const log = document.getElementById('run-log');
  const pause = document.querySelector('[data-log-pause]');
  if (pause && log && !log.hasAttribute('hx-get')) pause.hidden = true;
  dropZones();
  announce();
  tick();
});
// "Hold the log still" stops the log's polling.
for (const pause of document.querySelectorAll('[data-log-pause]')) pause.hidden = false;
document.addEventListener('htmx:beforeRequest', (event) => {
  const pause = document.getElementById('log-pause');
  if (event.detail.elt.id === 'run-log' && pause && pause.checked) event.preventDefault();
});
// A lost session answers a part with the sign-in page: go there instead of showing it inside.
document.addEventListener('htmx:beforeOnLoad', (event) => {
  const path = event.detail.pathInfo;
  if (path && path.responsePath && path.responsePath.startsWith('/sign-in')) {
    event.preventDefault();
    window.location.reload();
  }
});

// A drop zone is an ordinary file input in a form; dropping fills the input.
function listFiles(zone) {
  const input = zone.querySelector('input[type=file]');
  const list = zone.querySelector('[data-drop-list]');
  if (!list) return;
  list.replaceChildren();
  for (const file of input.files) {
    const line = document.createElement('li');
    line.textContent = `${file.name} (${(file.size / 1e6).toFixed(1)} MB)`;
    list.append(line);
  }
}
function dropZones() {
  for (const zone of document.querySelectorAll('[data-drop]:not([data-ready])')) {
    zone.dataset.ready = 'yes';
    const input = zone.querySelector('input[type=file]');
    const hint = zone.querySelector('[data-drop-hint]');
    if (hint) hint.hidden = false;
    input.addEventListener('change', () => listFiles(zone));
    zone.addEventListener('dragover', (event) => {
      event.preventDefault();
      zone.classList.add('app-drop--over');
    });
    zone.addEventListener('dragleave', () => zone.classList.remove('app-drop--over'));
    zone.addEventListener('drop', (event) => {
      event.preventDefault();
      zone.classList.remove('app-drop--over');
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      listFiles(zone);
    });
  }
}

// Filters apply at once; their button stays for those without a script.
document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-apply]');
  if (form) form.requestSubmit();
});

// "Select all" ticks every box of its form that has the name it is for, and follows them.
for (const label of document.querySelectorAll('[data-tick-all]')) {
  const all = label.querySelector('input');
  const form = label.closest('form');
  const boxes = [...form.querySelectorAll(`input[type=checkbox][name="${label.dataset.tickAll}"]`)];
  const follow = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  label.hidden = false;
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
  });
  form.addEventListener('change', follow);
  follow();
}

dropZones();
announce();

// A button that prints the page is there only where it can.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
