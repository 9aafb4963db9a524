// --- Live: the server says when something has changed, by a stream of events.
const refreshState = single(async () => {
  await Promise.all([loadClock(), loadFaults()]);
  await refreshBrokers();
});

let seen = {};
function onChange(now) {
  const before = seen;
  seen = now;
  if (now.cleared !== before.cleared) reloadJournal();
  else if (now.journal !== before.journal) refreshJournal();
  if (now.state !== before.state || now.processes !== before.processes) refreshState();
}

const live = (kind, text) => { $('live').className = `state ${kind}`; $('live').textContent = text; };
let stream, lost;

async function read(signal) {
  const { body } = await send('GET', '/_local/events', undefined, tokenHeader(), signal);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  live('good', 'live');
  if (lost) say('The server responds again.');
  lost = false;
  seen = {};
  for (let text = '', part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    const end = text.lastIndexOf('\n\n');
    if (end < 0) continue;
    const data = text.slice(0, end).split('\n').findLast((line) => line.startsWith('data: ')); // only the latest counts
    text = text.slice(end + 2);
    onChange(JSON.parse(data.slice(6)));
  }
  throw Error('GET /_local/events: the server has ended the stream');
}

function connect() {
  stream?.abort();
  if (document.hidden) return live('wait', 'paused');
  const mine = stream = new AbortController();
  read(mine.signal).catch((error) => {
    if (mine.signal.aborted) return;
    complain(error);
    lost = error.status !== 401;
    live('bad', error.status === 401 ? 'token needed' : 'not connected');
    if (lost) setTimeout(() => mine === stream && connect(), 2000);
  });
}
document.addEventListener('visibilitychange', connect);
setInterval(() => { tickClock(); tickProgress(); }, 1000);

for (const id of ['journal-operation']) $(id).append(...OPERATIONS.map((name) => make('option', {}, name)));
for (const id of ['fault', 'ready']) $(id).elements.operation.append(...OPERATIONS.map((name) => make('option', {}, name)));
$('errors').append(...ERRORS.split(/\s/).map((name) => make('option', { value: `${name}Exception` })));
$('token').value = token;
connect();
