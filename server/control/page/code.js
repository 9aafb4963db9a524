// --- The same in code: an operation with its parameters for the command line, boto3 and the AWS SDK for JavaScript.
const LANGUAGES = {
  'AWS CLI': (name, input) => `aws mq ${name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase()} --endpoint-url ${location.origin}` +
    (Object.keys(input).length ? ` \\\n  --cli-input-json '${JSON.stringify(input, null, 2).replaceAll("'", "'\\''")}'` : ''),
  boto3: (name, input) => `import boto3\n\nmq = boto3.client("mq", endpoint_url="${location.origin}")\n` +
    `mq.${name.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase()}(${Object.entries(input).map(([key, value]) => `\n    ${key}=${python(value)},`).join('')}${Object.keys(input).length ? '\n' : ''})`,
  JavaScript: (name, input) => `import { MqClient, ${name}Command } from "@aws-sdk/client-mq";\n\n` +
    `const mq = new MqClient({ endpoint: "${location.origin}" });\nawait mq.send(new ${name}Command(${JSON.stringify(input, null, 2)}));`,
};
const python = (value) => JSON.stringify(value, null, 4).replace(/"(?:[^"\\]|\\.)*"|true|false|null/g,
  (word) => ({ true: 'True', false: 'False', null: 'None' })[word] ?? word).replaceAll('\n', '\n    ');

const pascal = (value) => Array.isArray(value) ? value.map(pascal) : value && typeof value === 'object'
  ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key[0].toUpperCase() + key.slice(1), pascal(one)])) : value;

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

// Choices: {title: [operation, input]}; the languages are buttons.
let language = 'AWS CLI';
function sameInCode(id, choices) {
  const place = make('div', {}), titles = Object.keys(choices);
  let title = titles[0];
  const show = (focus) => {
    const text = LANGUAGES[language](...choices[title]);
    const pick = (name, chosen, set) => make('button', { type: 'button', id: `${id}-${name.replace(/\W/g, '')}`, 'aria-pressed': String(chosen),
      onclick: (event) => { set(); show(event.target.id); } }, name);
    place.replaceChildren(make('div', { class: 'row' },
      titles.length > 1 ? titles.map((name) => pick(name, name === title, () => { title = name; })) : '',
      Object.keys(LANGUAGES).map((name) => pick(name, name === language, () => { language = name; })), copyButton(text, 'the code')),
    make('pre', { tabindex: 0, role: 'region', 'aria-label': `${choices[title][0]} in ${language}` }, text));
    if (focus) $(focus)?.focus();
  };
  show();
  return make('details', { id }, make('summary', {}, 'The same in code'), place);
}
