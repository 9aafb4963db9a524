// --- The brokers of an account and region, or of all.
const PAGE = 25;
// The address names the broker that was chosen: it can be reloaded, sent and gone back to.
const named = () => new URLSearchParams(location.search).get('broker') ?? undefined;
let address = named();
const brokers = { list: [], count: 0, skip: 0, loaded: 0, selected: address };
const worlds = { account: '', region: '', list: [] };
let world = sessionStorage.world ?? ''; // 'account region'; '': that of the server's options; '*': all

const here = () => {
  const [account, region] = (world || `${worlds.account} ${worlds.region}`).split(' ');
  return world === '*' ? { account: worlds.account, region: worlds.region } : { account, region };
};

async function loadWorlds() {
  const { account, region, worlds: list } = await local('GET', 'worlds');
  Object.assign(worlds, { account, region, list });
  const home = `${account} ${region}`, options = new Map([[home, 0]]);
  for (const one of list) options.set(`${one.account} ${one.region}`, one.brokers);
  if (world && world !== '*' && !options.has(world)) options.set(world, 0);
  const total = list.reduce((sum, one) => sum + one.brokers, 0);
  draw('world', [[...options], world], () => [...[...options].map(([value, number]) =>
    make('option', { value, selected: value === (world || home) }, `${value.replace(' ', ' · ')}: ${number} broker${number === 1 ? '' : 's'}`)),
  make('option', { value: '*', selected: world === '*' }, `all: ${total} broker${total === 1 ? '' : 's'}`)]);
}

async function loadBrokers() {
  await loadWorlds();
  const where = world === '*' ? {} : here();
  const { brokers: list, count } = await local('GET', `brokers?${query({ ...where, text: $('brokers-text').value, sort: $('brokers-sort').value,
    skip: brokers.skip, limit: PAGE })}`);
  if (!list.length && brokers.skip) {
    brokers.skip = Math.max(0, Math.floor((count - 1) / PAGE) * PAGE);
    return loadBrokers();
  }
  Object.assign(brokers, { list, count, loaded: performance.now() });
  if (!count && !$('brokers-text').value && !address) brokers.selected = undefined;
  if (!brokers.selected && list.length) brokers.selected = list[0].brokerId;
  drawBrokers();
}

const kind = (text) => text === 'RUNNING' || text === 'UP' ? 'good' : /FAILED|CRITICAL|GONE/.test(text) ? 'bad' : 'wait';
const words = (text) => text.toLowerCase().replaceAll('_', ' ');
const stateOf = (text) => Object.assign(state(kind(text), text), { title: words(text) });

// The time that a transition takes is first known when it is first seen.
const begun = new Map();
function progress({ brokerId, remainingMs, stateDueMs }) {
  if (remainingMs === undefined) return '';
  const key = `${brokerId} ${stateDueMs}`, total = begun.get(key) ?? remainingMs;
  begun.set(key, total);
  return make('span', { 'data-due': brokers.loaded + remainingMs, 'data-total': total },
    make('progress', { max: 1, value: 0, 'aria-label': 'Progress of the transition' }), ' ', make('span', { class: 'faint fact' }, ''));
}
function tickProgress() {
  for (const one of document.querySelectorAll('[data-due]')) {
    const left = Math.max(0, one.dataset.due - performance.now());
    one.firstChild.value = one.dataset.total > 0 ? 1 - left / one.dataset.total : 1;
    one.lastChild.textContent = `${span(left)} left`;
  }
}

const pathOf = (id, ...more) => `/v1/brokers/${[id, ...more].map(encodeURIComponent).join('/')}`;
const reboot = (one) => act(`Reboot ${one.brokerName}`, () => service('POST', pathOf(one.brokerId, 'reboot'), undefined, one));
const remove = (one) => confirm(`Delete the broker ${one.brokerName}?`) &&
  act(`Delete ${one.brokerName}`, () => service('DELETE', pathOf(one.brokerId), undefined, one));

function brokerRow(one) {
  const { brokerId: id, brokerName: name, process } = one, picked = id === brokers.selected;
  const pick = make('button', { type: 'button', id: `pick-${id}`, class: 'plain', 'aria-label': `Show ${name}`, 'aria-current': picked && 'true',
    onclick: () => select(id) }, name);
  return tr('td', [[[pick, ...world === '*' ? [' ', faint(`${one.account} ${one.region}`)] : []], { class: 'name' }], [idOf(id, 'the broker id'), { class: 'short' }],
    [[stateOf(one.brokerState), ' ', progress(one)], {}],
    ...brokers.list.some((other) => other.process) ? [[process ? [stateOf(process.state), ` slot ${process.slot}`] : '', { 'data-head': process && 'process' }]] : [],
    [[`${one.engineType} ${one.engineVersion} `, faint(`${one.hostInstanceType}, ${words(one.deploymentMode)}`)], { class: 'line' }],
    [[button(`reboot-${id}`, 'Reboot', `Reboot ${name}`, () => reboot(one)), ' ', button(`delete-${id}`, 'Delete', `Delete ${name}`, () => remove(one))], { class: 'short line' }]],
  { class: picked ? 'picked' : undefined });
}

function emptyWorld() {
  const elsewhere = worlds.list.filter((one) => `${one.account} ${one.region}` !== (world || `${worlds.account} ${worlds.region}`));
  if ($('brokers-text').value) return [make('p', { class: 'faint' }, 'No broker here matches the filter.')];
  const where = here(), { account, region } = where;
  const insert = (name) => `"INSERT INTO broker (id, account, region, name) VALUES ('b-${name}-${account}-${region}', '${account}', '${region}', '${name}');"`;
  // ctl reads the token from that variable by itself.
  const commands = [`${cli('create-broker', where)} --broker-name orders --engine-type ACTIVEMQ --deployment-mode SINGLE_INSTANCE --host-instance-type mq.m5.large --no-publicly-accessible --users Username=admin,Password=correct-horse-12`,
    `curl ${location.origin}/_local/seed ${token && '-H "Authorization: Bearer $AMAZONMQ_LOCAL_CONTROL_TOKEN" '}--data-binary ${insert('payments')}`,
    `echo ${insert('events')} | amazonmq-local ctl --url ${location.origin} seed -`];
  return [make('p', {}, `There is no broker in account ${account}, region ${region}. Each of these puts one there${token && ', with the token in AMAZONMQ_LOCAL_CONTROL_TOKEN'}:`),
    ...commands.map((text, at) => make('div', {}, make('pre', { tabindex: 0, role: 'region', 'aria-label': `Command ${at + 1}` }, text), copyButton(text, `command ${at + 1}`))),
    ...elsewhere.length ? [make('p', {}, 'Elsewhere: ', elsewhere.map((one, at) => button(`go-${at}`, `${one.account} · ${one.region}: ${one.brokers}`,
      undefined, () => enter(`${one.account} ${one.region}`))))] : []];
}

function drawBrokers() {
  const { list, count, skip } = brokers;
  draw('list', [list, count, skip, brokers.selected, world, worlds, list.length ? '' : $('brokers-text').value], () => {
    if (!list.length) return emptyWorld();
    const heads = ['Name', 'Id', 'State', ...list.some((one) => one.process) ? ['Process'] : [], 'Engine', 'Actions'];
    const turn = (id, text, by, possible) => make('button', { id, type: 'button', disabled: !possible, onclick: () => { brokers.skip += by; refreshBrokers(); } }, text);
    return [table(`${skip + 1} to ${skip + list.length} of ${count}`, heads, list.map(brokerRow)),
      count > PAGE ? make('div', { class: 'row' }, turn('previous', 'Previous page', -PAGE, skip > 0), turn('next', 'Next page', PAGE, skip + PAGE < count)) : ''];
  });
  tickProgress();
}

// Without an id the address names none.
function choose(id) {
  brokers.selected = address = id;
  if (id && id !== named()) history.pushState(null, '', `?${query({ broker: id })}`);
  else if (!id) history.replaceState(null, '', location.pathname);
}

function select(id) {
  choose(id);
  drawBrokers();
  refreshBroker();
}

// Also after a link to a section, which changes nothing here.
window.onpopstate = () => {
  if (named() === address) return;
  brokers.selected = (address = named()) ?? brokers.list[0]?.brokerId;
  drawBrokers();
  refreshBroker();
};

function enter(name) {
  world = sessionStorage.world = name === `${worlds.account} ${worlds.region}` ? '' : name;
  if (named()) history.pushState(null, '', location.pathname);
  choose();
  brokers.skip = 0;
  refreshBrokers();
}
const refreshBrokers = single(async () => {
  await loadBrokers();
  await refreshBroker();
});
