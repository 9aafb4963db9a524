// --- The journal, the newest on top.
const ROWS = 50;
const journal = { rows: ROWS, calls: [], open: undefined, body: undefined, cleared: undefined };
const WORDS = { 200: 'OK', 201: 'Created', 204: 'No content' };

const journalFilter = () => ({ ...($('journal-operation').value === 'none' ? {} : { operation: $('journal-operation').value }),
  username: $('journal-user').value, status: $('journal-status').checkValidity() ? $('journal-status').value : '',
  errors: $('journal-errors').checked, bodies: 'false' });

async function askJournal(more) {
  const none = $('journal-operation').value === 'none' ? '&operation=' : '';
  return (await local('GET', `requests?${query({ ...journalFilter(), ...more })}${none}`)).requests;
}

// `anew`: the filter has changed or the journal was cleared.
async function loadJournal(anew) {
  const last = anew ? undefined : journal.calls[0]?.number;
  const calls = await askJournal({ last: journal.rows + 1, since: last });
  journal.calls = [...calls.reverse(), ...last === undefined ? [] : journal.calls].slice(0, journal.rows + 1);
  drawJournal();
}
let journalAnew = true;
const refreshJournal = single(async () => {
  if ($('journal-pause').checked) return;
  const anew = journalAnew;
  journalAnew = false;
  await loadJournal(anew);
});
const reloadJournal = () => { journalAnew = true; return refreshJournal(); };

const statusOf = ({ status, error, dropped }) => state(status >= 500 || dropped ? 'bad' : status >= 400 ? 'wait' : 'good',
  `${status} ${dropped ? 'not sent' : error ?? WORDS[status] ?? ''}`);

function callRows(one) {
  const { BrokerId: id } = labels(one.path ?? ''), open = journal.open === one.number;
  const toggle = make('button', { type: 'button', class: 'plain', id: `call-${one.number}`, 'aria-expanded': String(open),
    'aria-label': `Call ${one.number}: request and answer`, onclick: () => openCall(open ? undefined : one.number) }, String(one.number));
  const rows = [tr('td', [[toggle, { class: 'short' }],
    [[one.operation ? make('strong', {}, ...breakable(one.operation)) : code(one.path ?? '-'), ' ', one.page ? mark('page') : ''], { class: 'name' }],
    [statusOf(one), {}], [code(`${one.method ?? ''}`), { class: 'short' }],
    [one.username ?? '', one.username ? { 'data-head': 'user', class: 'user' } : {}],
    [id ? idOf(id, 'the broker id') : '', { class: 'short' }],
    [one.durationUs < 1000 ? `${one.durationUs} µs` : `${(one.durationUs / 1000).toFixed(1)} ms`, { class: 'short' }], [make('time', { title: one.time }, one.time.slice(11, 23)), { class: 'short' }]])];
  if (open) rows.push(tr('td', [[callBody(one), { colspan: 8 }]], { class: 'open' }));
  return rows;
}

function callBody(one) {
  const full = journal.body?.number === one.number ? journal.body : undefined;
  if (!full) return faint('Loading …');
  const text = (value) => JSON.stringify(value, null, 2);
  const body = (title, shown, bytes) => make('div', {}, make('p', { class: 'faint' }, title),
    shown === undefined ? faint(bytes ? `${bytes} bytes, not shown` : 'empty')
      : make('pre', { tabindex: 0, role: 'region', 'aria-label': title }, shown));
  const cut = full.answerStart === undefined ? '' : `, the first 4 KiB of ${full.answerBytes} bytes`;
  return make('div', {}, make('dl', {}, make('dt', {}, 'Request'), make('dd', {}, code(`${full.method ?? ''} ${full.path ?? ''}`)),
    make('dt', {}, 'Caller'), make('dd', {}, [full.accessKey, full.account, full.region].filter(Boolean).join(' · ') || '–'),
    make('dt', {}, 'Request id'), make('dd', {}, code(full.requestId), copyButton(full.requestId, 'the request id'))),
  make('div', { class: 'pair' },
    body('Body of the request', full.body === undefined ? undefined : text(full.body), full.bodyBytes),
    body(`Body of the answer${cut}`, full.answerStart ?? (full.answer === undefined ? undefined : text(full.answer)), full.answerBytes)),
  full.operation ? callInCode(full) : '');
}

function openCall(number) {
  journal.open = number;
  drawJournal();
  if (number === undefined || journal.body?.number === number) return;
  local('GET', `requests?number=${number}&bodies=true`).then(({ requests: [one] }) => {
    journal.body = one ?? { number, requestId: 'gone', durationUs: 0 };
    drawJournal();
  }, complain);
}

function drawJournal() {
  const { calls, rows } = journal, shown = calls.slice(0, rows), valid = $('journal-status').checkValidity();
  $('journal-status').ariaInvalid = String(!valid);
  const note = (text) => valid ? text : [`${text.replace(/\.?$/, '.')} `, make('span', { class: 'bad' }, 'Not filtered by status: that takes a number such as 404.')];
  draw('calls', [shown, journal.open, journal.body, rows, valid], () => {
    if (!shown.length) return [make('p', { class: 'faint' }, note('No call of the service has arrived that this filter shows.'))];
    return [table(note(`${shown.length} call${shown.length === 1 ? '' : 's'}, the newest first`), ['No.', 'Operation', 'Status', 'Method', 'User', 'Broker', 'Took', 'Time'], shown.flatMap(callRows)),
      calls.length > rows ? button('older', 'Show older calls', undefined, () => { journal.rows *= 2; reloadJournal(); }) : ''];
  });
}
