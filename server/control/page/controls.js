// --- Everything that amazonmq-local ctl can do.
const ERRORS = `AccessDenied BadRequest Conflict Forbidden IncompleteSignature InternalServerError InvalidSignature
MissingAuthenticationToken NotFound NotImplemented TooManyRequests Unauthorized UnrecognizedClient`;

const stepTo = (what, body) => act(what, () => local('POST', 'clock', body));
const toWindow = ({ broker, windowDueMs }) => stepTo(`Clock to the window of ${broker.brokerName}`, { now: new Date(windowDueMs + 1000).toISOString() });
onSubmit('step', ({ amount, unit }) => stepTo('Step the clock', { advanceMs: Math.round(amount.value * unit.value) }));
$('to-window').onclick = () => shown?.windowDueMs ? toWindow(shown) : say('Select a broker: the clock goes to its next window.', true);
$('to-now').onclick = () => stepTo("Clock to the machine's time", { now: new Date().toISOString() });

const clock = { now: 0, at: 0 };
async function loadClock() {
  const { nowMs, offsetMs } = await local('GET', 'clock'), offset = Math.round(offsetMs / 1000);
  Object.assign(clock, { now: nowMs, at: performance.now() });
  $('offset').textContent = `${offset > 0 ? '+' : ''}${offset} s`;
  $('offset').hidden = !offset;
  tickClock();
}
function tickClock() {
  if (clock.now) $('now').textContent = when(new Date(clock.now + performance.now() - clock.at).toISOString());
}

async function loadFaults() {
  const { faults, truncated } = await local('GET', 'faults');
  draw('faults', faults, () => !faults.length ? [make('p', { class: 'faint' }, 'Faults (0): every call works.')] : [
    table(`Faults (${truncated ? `the first ${faults.length}` : faults.length})`, ['Where', 'What', 'How often', 'Action'], faults.map((fault) => [
      [[fault.operation ?? 'any operation', fault.brokerId, fault.username].filter(Boolean).join(', '), { class: 'name' }],
      [fault.error, fault.status, fault.message, fault.delayMs && `${fault.delayMs} ms late`, fault.drop && 'no answer'].filter(Boolean).join(', '),
      `${fault.times === undefined ? 'always' : `${fault.times} more`}${fault.probability < 1 ? `, probability ${fault.probability}` : ''}`,
      button(`fault-${fault.id}`, 'Clear', `Clear fault ${fault.id}`, () => act(`Clear fault ${fault.id}`, () => local('DELETE', `faults?id=${fault.id}`)))])),
    button('clear-faults', 'Clear all faults', undefined, () => act('Clear all faults', () => local('DELETE', 'faults')))]);
}

const inject = (what, fault) => act(what, () => local('POST', 'faults', { ...fault, operation: fault.operation || undefined }));
const READY = { 'fail-twice': { error: 'InternalServerErrorException', times: 2 }, slow: { delayMs: 3000 }, drop: { drop: true, times: 1 } };
for (const [id, fault] of Object.entries(READY)) {
  $(id).onclick = () => inject($(id).textContent, { ...fault, operation: $('ready').elements.operation.value });
}
onSubmit('fault', (fields) => {
  const fault = { drop: fields.drop.checked };
  for (const { name, type, value } of fields) if (name && name !== 'drop' && value) fault[name] = type === 'number' ? Number(value) : value;
  inject('Inject', fault);
});

onSubmit('reset', ({ empty, world: one }) => {
  const { account, region } = here();
  if (confirm(`Reset ${one.checked ? `account ${account} in ${region}` : 'everything'}?`)) {
    act('Reset', () => local('POST', `reset?${query({ empty: empty.checked, ...(one.checked && { account, region }) })}`));
  }
});

$('save').onclick = () => act('Save a snapshot', async () => {
  const file = await (await send('GET', '/_local/snapshot', undefined, tokenHeader())).blob();
  const link = make('a', { href: URL.createObjectURL(file), download: 'amazonmq-local.db' });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), LIMIT_MS);
});
$('load').onchange = ({ target }) => {
  const [file] = target.files;
  if (file && confirm(`Replace the whole state with ${file.name}?`)) act('Load a snapshot', () => local('PUT', 'snapshot', file));
  target.value = '';
};

// "body:3: …" names a line, which is shown and selected.
onSubmit('seed', ({ sql }) => act('Apply the seed', async () => {
  $('seed-error').replaceChildren();
  await local('POST', 'seed', sql.value).catch((error) => {
    const line = Number(/^body:(\d+)/.exec(error.told ?? '')?.[1]), lines = sql.value.split('\n');
    if (line) {
      const before = lines.slice(0, line - 1).join('\n').length + (line > 1);
      $('seed-error').replaceChildren(make('p', { class: 'bad' }, `Line ${line}: ${error.told.replace(/^body:\d+: /, '')}`), make('pre', {}, lines[line - 1] ?? ''));
      sql.focus();
      sql.setSelectionRange(before, before + (lines[line - 1]?.length ?? 0));
    }
    throw error;
  });
}));

onSubmit('create', (fields) => act(`Create ${fields.brokerName.value}`, async () => {
  const body = { publiclyAccessible: false, users: [{ username: fields.username.value, password: fields.password.value }] };
  for (const name of ['brokerName', 'engineType', 'deploymentMode', 'hostInstanceType']) body[name] = fields[name].value;
  const { brokerId } = await service('POST', '/v1/brokers', body, here());
  choose(brokerId);
}));

$('journal-clear').onclick = () => act('Clear the journal', () => local('DELETE', 'requests'));
for (const id of ['operation', 'user', 'status', 'errors', 'pause']) $(`journal-${id}`).oninput = reloadJournal;
$('brokers-text').oninput = $('brokers-sort').oninput = () => { brokers.skip = 0; refreshBrokers(); };
$('world').onchange = ({ target }) => enter(target.value);
onSubmit('access', () => {
  token = sessionStorage.token = $('token').value;
  $('access').hidden = true;
  say('');
  connect();
});
