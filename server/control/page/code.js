// --- The same in code: an operation with its parameters for the command line, boto3 and the AWS SDK for JavaScript. An
// access key of twelve digits selects the account.
const cli = (name, { account, region }) => `AWS_ACCESS_KEY_ID=${account} AWS_SECRET_ACCESS_KEY=local aws mq ${name} --region ${region} --endpoint-url ${location.origin}`;
const LANGUAGES = {
  'AWS CLI': (name, input, where) => cli(name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase(), where) +
    (Object.keys(input).length ? ` \\\n  --cli-input-json '${JSON.stringify(input, null, 2).replaceAll("'", "'\\''")}'` : ''),
  boto3: (name, input, { account, region }) => `import boto3\n\nmq = boto3.client("mq", endpoint_url="${location.origin}", region_name="${region}",\n` +
    `                  aws_access_key_id="${account}", aws_secret_access_key="local")\n` +
    `mq.${name.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase()}(${Object.entries(input).map(([key, value]) => `\n    ${key}=${python(value)},`).join('')}${Object.keys(input).length ? '\n' : ''})`,
  JavaScript: (name, input, { account, region }) => `import { MqClient, ${name}Command } from "@aws-sdk/client-mq";\n\n` +
    `const mq = new MqClient({ endpoint: "${location.origin}", region: "${region}",\n` +
    `  credentials: { accessKeyId: "${account}", secretAccessKey: "local" } });\nawait mq.send(new ${name}Command(${JSON.stringify(input, null, 2)}));`,
};
const python = (value) => JSON.stringify(value, null, 4).replace(/"(?:[^"\\]|\\.)*"|true|false|null/g,
  (word) => ({ true: 'True', false: 'False', null: 'None' })[word] ?? word).replaceAll('\n', '\n    ');

// Members as the libraries name them; those of `tags`, a map, are keys of the caller.
const pascal = (value) => Array.isArray(value) ? value.map(pascal) : value && typeof value === 'object'
  ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key[0].toUpperCase() + key.slice(1), key === 'tags' ? one : pascal(one)])) : value;

// The labels of a path: /v1/brokers/ID/users/NAME.
function labels(path) {
  const parts = path.split('/').slice(2), names = { brokers: 'BrokerId', users: 'Username', configurations: 'ConfigurationId',
    revisions: 'ConfigurationRevision', tags: 'ResourceArn' }, found = {};
  for (let at = 0; at + 1 < parts.length; at++) {
    if (!names[parts[at]] || !parts[at + 1]) continue;
    try { found[names[parts[at]]] = decodeURIComponent(parts[at + 1]); } catch { found[names[parts[at]]] = parts[at + 1]; }
    at++;
  }
  return found;
}

// Choices: {title: [operation, input]}; the languages are buttons. `where` is an account and a region.
let language = 'AWS CLI';
function sameInCode(id, where, choices, note = '') {
  const place = make('div', {}), titles = Object.keys(choices);
  let title = titles[0];
  const show = (focus) => {
    const text = LANGUAGES[language](...choices[title], where);
    const pick = (name, chosen, set) => make('button', { type: 'button', id: `${id}-${name.replace(/\W/g, '')}`, 'aria-pressed': String(chosen),
      onclick: (event) => { set(); show(event.target.id); } }, name);
    place.replaceChildren(make('div', { class: 'row' },
      titles.length > 1 ? titles.map((name) => pick(name, name === title, () => { title = name; })) : '',
      Object.keys(LANGUAGES).map((name) => pick(name, name === language, () => { language = name; })), copyButton(text, 'the code')),
    make('pre', { tabindex: 0, role: 'region', 'aria-label': `${choices[title][0]} in ${language}` }, text));
    if (focus) $(focus)?.focus();
  };
  show();
  return make('details', { id }, make('summary', {}, 'The same in code'), place, faint(note));
}

// A call of the journal, which lacks the query, passwords and long bodies.
function callInCode(one) {
  const { operation, body } = one, lost = body === undefined && one.bodyBytes ? 'body of this' : operation === 'DeleteTags' ? 'query of a' : '';
  if (lost) return faint(`Not shown in code: the journal does not record the ${lost} call.`);
  return sameInCode(`code-${one.number}`, one, { call: [operation, { ...labels(one.path), ...pascal(body ?? {}) }] },
    /^List(?!Tags)|^DescribeBroker./.test(operation) ? 'The journal does not record the query of a call, such as MaxResults.'
      : JSON.stringify(body ?? '').includes(':"***"') ? 'The journal does not record passwords: *** stands for them.' : '');
}
