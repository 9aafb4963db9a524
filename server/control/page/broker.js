// --- One broker.
let shown; // what is drawn
const USERS = 20;
let usersShown = USERS;
const show = (value) => value === undefined ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value);

// What the next reboot changes except users, as [setting, applied, pending].
function changes(broker) {
  const found = [], { configurations: { current, pending } = {}, logs = {} } = broker;
  for (const [name, value] of Object.entries(broker)) {
    const setting = name.replace(/^pending(.)/, (_, first) => first.toLowerCase());
    if (setting !== name) found.push([setting, show(broker[setting]), show(value)]);
  }
  const revision = (one) => one ? `${one.id} revision ${one.revision}` : '–';
  if (pending) found.push(['configuration', revision(current), revision(pending)]);
  for (const log of ['general', 'audit']) {
    if (logs.pending && logs.pending[log] !== logs[log]) found.push([`${log} log`, show(logs[log]), show(logs.pending[log])]);
  }
  return found;
}

const values = (one) => one ? `${one.consoleAccess ? '' : 'no '}console access, groups: ${one.groups.join(', ') || 'none'}` : '–';
const EFFECT = { CREATE: 'created by the next reboot', UPDATE: 'changed by the next reboot', DELETE: 'deleted by the next reboot' };
const userRow = (one) => (user) => [[make('strong', {}, user.username), { class: 'name' }], [values(user.applied), { 'data-head': 'applied' }],
  [user.pendingChange ? [mark(user.pendingChange), ' ', user.pending ? values(user.pending) : '', ' ', faint(EFFECT[user.pendingChange])] : '–', { 'data-head': 'pending' }],
  [button(`drop-${user.username}`, 'Delete', `Delete user ${user.username}`, () => act(`Delete user ${user.username}`, () =>
    service('DELETE', pathOf(one.broker.brokerId, 'users', user.username), undefined, one))), { class: 'short' }]];

// The lines of both, by the longest common subsequence; long texts are compared after their equal beginning and end.
function diff(a, b) {
  let start = 0, end = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const x = a.slice(start, a.length - end), y = b.slice(start, b.length - end), out = a.slice(0, start).map((line) => [' ', line]);
  if (x.length * y.length > 1e6) {
    out.push(...x.map((line) => ['-', line]), ...y.map((line) => ['+', line]));
  } else {
    const best = Array.from({ length: x.length + 1 }, () => new Uint16Array(y.length + 1));
    for (let i = x.length - 1; i >= 0; i--) for (let j = y.length - 1; j >= 0; j--)
      best[i][j] = x[i] === y[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    for (let i = 0, j = 0; i < x.length || j < y.length;) {
      if (i < x.length && j < y.length && x[i] === y[j]) out.push([' ', x[i++]]), j++;
      else if (i < x.length && (j === y.length || best[i + 1][j] >= best[i][j + 1])) out.push(['-', x[i++]]);
      else out.push(['+', y[j++]]);
    }
  }
  return [...out, ...a.slice(a.length - end).map((line) => [' ', line])];
}

// Three lines around each change.
function diffView(label, lines) {
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - 3), at + 4).some(([sign]) => sign !== ' ')), view = [];
  lines.forEach(([sign, line], at) => {
    if (near[at]) view.push(make('span', { class: { '+': 'plus', '-': 'minus' }[sign] }, `${sign} ${line}`));
    else if (at === 0 || near[at - 1]) view.push(make('span', { class: 'gap' }, '⋯'));
  });
  return make('pre', { tabindex: 0, role: 'region', 'aria-label': label }, view);
}

const diffOf = (a, b) => diff(a.split('\n'), b.split('\n'));

// Any two revisions of the applied and the pending configuration: at first the applied one and the one before it.
const compared = {}; // what was chosen
function compareView({ revisions, configurations: { current, pending } }) {
  if (revisions.length < 2) return [];
  const keys = revisions.map(({ id, revision }) => `${id} ${revision}`), at = (one) => keys.indexOf(`${one?.id} ${one?.revision}`), applied = at(current);
  const several = revisions.some(({ id }) => id !== revisions[0].id), name = ({ id, revision }) => `${several ? `${id} ` : ''}revision ${revision}`;
  const place = make('div', {}), said = make('p', { class: 'faint', 'aria-live': 'polite' });
  const choose = (id, label, first) => {
    const now = keys.includes(compared[id]) ? compared[id] : keys[first];
    const box = make('select', { id }, revisions.map((one, index) => make('option', { value: keys[index], selected: keys[index] === now },
      `${name(one)}${index === applied ? ', applied' : ''}${index === at(pending) ? ', pending' : ''}: ${(one.description ?? when(one.created)).replace(/(.{50}).+/s, '$1…')}`)));
    box.onchange = () => { compared[id] = box.value; show(); };
    return make('label', {}, label, box);
  };
  const from = choose('compare-from', 'Compare', Math.max(0, applied - 1)), to = choose('compare-to', 'With', applied > 0 ? applied : keys.length - 1);
  const show = single(async () => {
    const two = [from, to].map(({ lastChild }) => revisions[lastChild.selectedIndex]), [a, b] = two.map(name);
    const lines = diffOf(...await Promise.all(two.map(async ({ id, revision }) =>
      (await local('GET', `configurations/${encodeURIComponent(id)}?${query({ revision })}`)).revisions[0].text)));
    const only = (sign) => { const { length } = lines.filter(([one]) => one === sign); return `${length} line${length === 1 ? '' : 's'}`; };
    const differs = lines.some(([sign]) => sign !== ' ');
    said.textContent = differs ? `Only in ${a} (-): ${only('-')}. Only in ${b} (+): ${only('+')}.` : 'No line differs.';
    place.replaceChildren(differs ? diffView(`Minus is ${a}, plus is ${b}`, lines) : '');
  });
  const details = make('details', { id: 'compare' }, make('summary', {}, `Compare its ${keys.length} revisions`), make('div', { class: 'row', role: 'group', 'aria-label': 'Revisions to compare' }, from, to), said, place);
  details.ontoggle = () => details.open && show();
  return [details];
}

function configurationView(one) {
  const { current, pending } = one.configurations;
  if (!current && !pending) return [];
  const title = (one) => `${one.id} revision ${one.revision}${one.description ? `: ${one.description}` : ''}`;
  const parts = [make('h3', {}, 'Configuration')];
  if (pending) {
    parts.push(make('p', { class: 'faint' }, `From ${current ? title(current) : 'none'} to ${title(pending)} by the next reboot`),
      diffView('Lines the next reboot changes: minus is applied, plus is pending', diffOf(current?.text ?? '', pending.text)));
  }
  parts.push(...compareView(one));
  if (current) parts.push(make('details', { id: 'applied-text' }, make('summary', {}, title(current)),
    make('pre', { tabindex: 0, role: 'region', 'aria-label': 'The applied configuration' }, current.text)));
  return parts;
}

function facts(one) {
  const { broker, process } = one, window = broker.maintenanceWindowStartTime;
  const rows = [['State', [stateOf(broker.brokerState), ' ', progress({ ...one, brokerId: `${broker.brokerId} ` })]],
    ['Id', [code(broker.brokerId), copyButton(broker.brokerId, 'the id')]],
    ['ARN', [code(broker.brokerArn), copyButton(broker.brokerArn, 'the ARN')]],
    ['Engine', `${broker.engineType} ${broker.engineVersion}`],
    ['Instances', `${broker.hostInstanceType}, ${words(broker.deploymentMode)}`],
    ['Created', when(broker.created)],
    ['Window', `${window ? `${window.dayOfWeek.toLowerCase()} ${window.timeOfDay} ${window.timeZone}` : 'none'}${one.windowDueMs ? `, next ${when(new Date(one.windowDueMs).toISOString())} UTC` : ''}`],
    ['Tags', Object.keys(broker.tags ?? {}).length ? Object.entries(broker.tags).map(([key, value]) => [mark(`${key}: ${value}`), ' ']).flat() : 'none']];
  if (broker.actionsRequired?.length) rows.push(['Required', broker.actionsRequired.map((action) => mark(action.actionRequiredCode))]);
  if (process) rows.push(['Process', [stateOf(process.state), ` slot ${process.slot}, ${process.version ? `version ${process.version}, ` : ''}ended by itself ${process.restarts} times${process.overdue ? ', overdue' : ''} `,
    process.versionDiffers ? mark(`not ${broker.engineVersion}`) : '']]);
  return make('dl', {}, rows.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

const urls = ({ consoleURL, endpoints = [] }) => [consoleURL, ...endpoints].filter(Boolean);
const endpointView = ({ brokerInstances = [] }) => brokerInstances.length ? [make('details', { id: 'endpoints' }, make('summary', {}, `Endpoints (${brokerInstances.flatMap(urls).length})`),
  make('dl', {}, brokerInstances.flatMap((one, at) => [make('dt', {}, `Instance ${at + 1}`),
    make('dd', {}, urls(one).map((url) => make('div', {}, code(url), copyButton(url, url))))])))] : [];

function userForm(one) {
  const id = one.broker.brokerId, field = (name, more) => make('label', {}, name, make('input', { name: name.toLowerCase(), required: true, ...more }));
  const form = make('form', {}, field('Username'), field('Password', { value: 'correct-horse-12' }), make('label', {}, 'Groups', make('input', { name: 'groups', placeholder: 'admins, readers' })),
    make('label', { class: 'check' }, make('input', { type: 'checkbox', name: 'console' }), ' Console access'),
    make('button', { class: 'main' }, 'Create the user'), make('button', { name: 'check', type: 'button' }, 'Check this login'));
  const text = (name) => form.elements[name].value;
  form.onsubmit = (event) => {
    event.preventDefault();
    act(`Create user ${text('username')}`, () => service('POST', pathOf(id, 'users', text('username')), { consoleAccess: form.elements.console.checked,
      groups: text('groups').split(',').map((name) => name.trim()).filter(Boolean), password: text('password') }, one));
  };
  form.elements.check.onclick = () => local('POST', 'authenticate', { brokerId: id, username: text('username'), password: text('password') })
    .then(({ authenticated }) => say(`${text('username')} ${authenticated ? 'can log in now.' : 'cannot log in now.'}`, !authenticated), complain);
  return make('details', { id: 'new-user' }, make('summary', {}, 'Create a user, check a login'), form);
}

function brokerView(one) {
  const { broker, users } = one, waiting = changes(broker), rabbit = broker.engineType === 'RabbitMQ', id = broker.brokerId;
  const row = { brokerId: id, brokerName: broker.brokerName, account: one.account, region: one.region };
  const pending = users.filter((user) => user.pendingChange).length;
  const parts = [make('p', { class: 'faint' }, `Account ${one.account}, region ${one.region}`), make('div', { class: 'row' }, button('detail-reboot', 'Reboot this broker', undefined, () => reboot(row)), button('detail-delete', 'Delete this broker', undefined, () => remove(row)),
    one.windowDueMs ? button('detail-window', 'Clock to its window', undefined, () => toWindow(one)) : ''), facts(one)];
  if (waiting.length || pending) parts.push(make('p', {}, mark('pending'), ` The next reboot changes ${[waiting.length && `${waiting.length} setting${waiting.length > 1 ? 's' : ''}`,
    pending && `${pending} user${pending > 1 ? 's' : ''}`].filter(Boolean).join(' and ')}.`));
  if (waiting.length) parts.push(table('Settings the next reboot changes', ['Setting', 'Applied', 'Pending'], waiting.map(([name, applied, next]) =>
    [[name, { class: 'name' }], [applied, { 'data-head': 'applied' }], [mark(next), { 'data-head': 'pending' }]])));
  parts.push(make('h3', {}, `Users (${users.length}${one.usersTruncated ? ' and more' : ''})`));
  if (rabbit) parts.push(make('p', { class: 'faint' }, 'The service manages no users of RabbitMQ brokers after their creation.'));
  if (users.length) parts.push(table('Applied beside pending', ['User', 'Applied', 'Pending', 'Action'], users.slice(0, usersShown).map(userRow(one))));
  if (users.length > usersShown) parts.push(button('more', 'More users', undefined, () => { usersShown += 5 * USERS; drawBroker(); }));
  if (!rabbit) parts.push(userForm(one));
  parts.push(...configurationView(one), ...endpointView(broker));
  if (one.process?.log?.length) parts.push(make('details', { id: 'process-log' }, make('summary', {}, `Last lines of the process (${one.process.log.length})`),
    make('pre', { tabindex: 0, role: 'region', 'aria-label': 'Last lines of the process' }, one.process.log.join('\n'))));
  parts.push(sameInCode('broker-code', one, { look: ['DescribeBroker', { BrokerId: id }], reboot: ['RebootBroker', { BrokerId: id }],
    ...users.length && !rabbit ? { user: ['DescribeUser', { BrokerId: id, Username: users[0].username }] } : {},
    'create a user': ['CreateUser', { BrokerId: id, Username: 'alice', Password: 'correct-horse-12', Groups: ['admins'] }] }));
  return parts;
}

function drawBroker() {
  $('broker-title').textContent = shown ? `Broker ${shown.broker.brokerName}` : 'Broker';
  draw('detail', [shown, usersShown], () => shown ? brokerView(shown) : [make('p', { class: 'faint' }, 'No broker is selected.')]);
  tickProgress();
}

// None of a configuration that was deleted meanwhile.
async function revisionsOf({ current, pending }) {
  const lists = [...new Set([current?.id, pending?.id])].filter(Boolean).map((id) => local('GET', `configurations/${encodeURIComponent(id)}`)
    .then(({ revisions }) => revisions.map((one) => ({ ...one, id })), (error) => { if (error.status !== 404) throw error; return []; }));
  return (await Promise.all(lists)).flat();
}

async function refreshBroker() {
  const id = brokers.selected;
  try {
    const one = id ? await local('GET', `brokers/${encodeURIComponent(id)}`) : undefined;
    if (one) one.revisions = await revisionsOf(one.configurations);
    if (id !== brokers.selected) return;
    if (one?.broker.brokerId !== shown?.broker.brokerId) usersShown = USERS;
    shown = one;
  } catch (error) {
    if (error.status !== 404) throw error;
    if (address === id && shown?.broker.brokerId !== id) say(`There is no broker ${id.slice(0, 100)}.`, true);
    shown = undefined; // deleted
    if (brokers.selected === id) {
      choose();
      brokers.selected = brokers.list.find((one) => one.brokerId !== id)?.brokerId;
    }
    drawBrokers();
    if (brokers.selected) return refreshBroker();
  }
  drawBroker();
}
