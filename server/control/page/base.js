// --- Elements. Strings become text nodes, never markup.
const $ = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') element.onclick = value;
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== ''));
  return element;
}

// A cell is what it contains, or [content, attributes]. On a narrow screen rows are blocks: the roles keep them a table.
const cell = (tag, one) => {
  const [content, attributes] = Array.isArray(one) ? one : [one, {}];
  return make(tag, { role: tag === 'th' ? 'columnheader' : 'cell', ...attributes }, content ?? '');
};
const tr = (tag, cells, attributes) => make('tr', { role: 'row', ...attributes }, cells.map((one) => cell(tag, one)));
const table = (caption, heads, rows) => make('table', { role: 'table' }, make('caption', {}, caption),
  make('thead', { role: 'rowgroup' }, tr('th', heads)),
  make('tbody', { role: 'rowgroup' }, rows.map((row) => row.tagName ? row : tr('td', row))));
const button = (id, text, label, onclick, kind) => make('button', { id, type: 'button', 'aria-label': label, class: kind, onclick }, text);
const mark = (text) => make('span', { class: 'mark' }, text);
const code = (text) => make('code', {}, text);
const faint = (text) => make('span', { class: 'faint' }, text);
// A line may break within such a name: MissingAuthenticationTokenException, CREATION_IN_PROGRESS.
const breakable = (text) => text.split(/(?<=_)|(?<=[a-z])(?=[A-Z])/).flatMap((part, at) => at ? [make('wbr'), part] : [part]);
const state = (kind, text) => make('span', { class: `state ${kind}` }, ...breakable(text));

function copyButton(text, what) {
  const one = make('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${what}`, title: `Copy ${what}` }, 'Copy');
  one.onclick = async () => {
    await navigator.clipboard.writeText(text).then(() => say(`Copied ${what}.`), () => say('The browser does not let this page copy.', true));
  };
  return one;
}
// A long id in a short form, the full one on hover.
const short = (id) => id.length > 14 ? `${id.slice(0, 10)}…` : id;
const idOf = (id, what) => make('span', { class: 'fact' }, make('code', { title: id }, short(id)), copyButton(id, what));

// Redraws an element if its data has changed; the focus stays on the element of the same id, open details stay open.
const drawn = {};
function draw(id, data, build) {
  const text = JSON.stringify(data), place = $(id);
  if (drawn[id] === text) return;
  drawn[id] = text;
  const focus = place.contains(document.activeElement) && document.activeElement.id;
  const open = [...place.querySelectorAll('details[id][open]')].map((one) => one.id);
  place.replaceChildren(...build());
  for (const one of open) if ($(one)) $(one).open = true;
  if (focus) $(focus)?.focus({ preventScroll: true });
}

function say(text, bad) {
  if ($('status').textContent !== text) $('status').textContent = text; // a screen reader announces every change
  $('status').className = bad ? 'bad' : '';
}

let complaints = 0;
function complain(error) {
  complaints++;
  if (error.status === 401) $('access').hidden = false;
  say(error.message, true);
}

// --- Calls. Only what a person does on purpose is a call of the service, and the journal marks it.
const LIMIT_MS = 30000;
let token = sessionStorage.token ?? '';
const tokenHeader = () => token ? { authorization: `Bearer ${token}` } : {};

async function send(method, path, body, headers, signal = AbortSignal.timeout(LIMIT_MS)) {
  try {
    const response = await fetch(path, { method, body, headers, signal });
    if (response.ok) return response;
    const { status } = response, { message } = await response.json(), type = response.headers.get('x-amzn-errortype');
    const why = type === 'IncompleteSignatureException' ? ' The page does not sign its calls of the service: with --auth verify they are refused.'
      : status === 401 && headers.authorization === `Bearer ${token}` ? ' The token given here is another.' : '';
    throw Object.assign(Error(`${status} ${type}: ${message}${why}`), { status, told: message });
  } catch ({ status, told, message }) {
    throw Object.assign(Error(`${method} ${path.split('?')[0]}: ${message}`), { status, told });
  }
}
const local = async (method, path, body) => (await send(method, `/_local/${path}`, body === undefined || typeof body === 'string' || body instanceof Blob ? body
  : JSON.stringify(body), tokenHeader())).json();
const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '' && value !== undefined && value !== false));

async function service(method, path, body, { account, region }) {
  const headers = { 'x-amazonmq-local-origin': 'page', authorization:
    `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/mq/aws4_request, SignedHeaders=host, Signature=x` };
  return (await send(method, path, body && JSON.stringify(body), headers)).json();
}

// Runs the action of a button and says how it ended.
async function act(what, work) {
  const before = complaints;
  say(`${what} …`);
  await Promise.resolve().then(work).catch(complain);
  if (complaints === before) say(`${what}: done.`);
}
const onSubmit = (id, work) => $(id).addEventListener('submit', (event) => {
  event.preventDefault();
  work(event.target.elements);
});

// A function that runs `work`, again if it is called meanwhile, and never twice at a time. While one runs, what the page
// shows is marked as incomplete.
let loading = 0;
const count = (more) => { document.querySelector('main').ariaBusy = (loading += more) > 0; };
function single(work) {
  let running, again;
  return () => {
    again = true;
    return running ??= (async () => {
      count(1);
      while (again) {
        again = false;
        await work().catch(complain);
      }
      running = undefined;
      count(-1);
    })();
  };
}

const when = (text) => text.slice(0, 19).replace('T', ' ');
function span(ms) {
  const seconds = Math.ceil(ms / 1000), parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const at = parts.findIndex(([size]) => seconds >= size);
  if (at < 0) return '0 s';
  const [size, unit] = parts[at], rest = Math.floor(seconds % size / (parts[at + 1]?.[0] ?? 1));
  return `${Math.floor(seconds / size)} ${unit}${rest ? ` ${rest} ${parts[at + 1][1]}` : ''}`;
}
