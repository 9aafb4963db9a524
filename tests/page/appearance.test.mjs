// How the page looks: pictures in build/page, with what axe-core finds, contrasts, widths, the focus.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createUser, eventually, open, shows, temporary } from './browser.mjs';
import { BROKER, enrich, LONG, ok, report, revise, RICH } from './world.mjs';

for (const scheme of ['light', 'dark']) {
  test(`${scheme}: every text stands out from what is behind it`, async (t) => {
    const { page, server, picture, journal, pending, broker, expectErrors } = await open(t, { scheme, more: RICH });
    expectErrors(/status of 400/);
    await enrich(server);
    await shows(journal, '/v1/nothing');
    await page.getByRole('button', { name: 'Show orders' }).click();
    await shows(pending('newcomer'), 'CREATE');
    await shows(page.locator('#detail'), 'limit="250"');
    await journal.getByRole('button', { name: /request and answer/ }).first().click();
    await shows(journal, 'Body of the answer');
    await page.getByRole('button', { name: 'Reboot events' }).click();
    await shows(page.getByRole('status'), '400 BadRequestException');
    await shows(broker('events'), 'left');
    const weak = await page.evaluate(() => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const paint = (color) => { // whatever notation the browser answers in
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
      };
      const luminance = (color) => [...color].slice(0, 3).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
      const behind = (element) => { // what is painted behind it, translucent colours over those of its parents
        const color = paint(getComputedStyle(element).backgroundColor), alpha = color[3] / 255;
        if (alpha === 1) return color;
        const below = behind(element.parentElement);
        return [0, 1, 2].map((at) => color[at] * alpha + below[at] * (1 - alpha));
      };
      return [...document.querySelectorAll('body *')]
        .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((element) => {
          const [one, other] = [luminance(paint(getComputedStyle(element).color)), luminance(behind(element))].sort((a, b) => b - a);
          return { text: element.textContent.slice(0, 40), ratio: (one + 0.05) / (other + 0.05) };
        }).filter(({ ratio }) => ratio < 4.5);
    });
    assert.deepEqual(weak, []);
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(back, scheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(21, 23, 27)');
    await picture(scheme);
  });
}

for (const width of [360, 768, 1280, 2560]) {
  test(`${width} pixels wide: nothing is cut, no sideways scrolling`, async (t) => {
    const { page, server, broker, journal, picture, settled } = await open(t, { viewport: { width, height: 900 }, more: RICH, scheme: width === 768 ? 'dark' : 'light' });
    await enrich(server);
    await page.getByRole('button', { name: 'Show orders' }).click();
    await shows(page.locator('#detail'), 'limit="250"');
    await journal.getByRole('button', { name: /request and answer/ }).first().click();
    await shows(journal, 'Body of the answer');
    await shows(broker('growing'), 'CREATION_IN_PROGRESS');
    const unfold = () => page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
    await unfold();
    await picture(`width-${width}`);
    await page.getByRole('button', { name: `Show ${LONG.broker}` }).click();
    await shows(page.locator('#detail'), `Auto-generated default for ${LONG.broker}`);
    await page.locator('#world').selectOption('*');
    await shows(broker(LONG.broker), '123456789012 us-east-1');
    await page.getByRole('button', { name: `Reboot ${LONG.broker}` }).click();
    await shows(page.getByRole('status'), `Reboot ${LONG.broker}: done.`);
    await shows(broker(LONG.broker), 'left');
    await settled();
    await unfold();
    await picture(`width-${width}-long`);
  });
}

test('a status that is none is marked, and that it does not filter is said', async (t) => {
  const { page, server, journal, picture } = await open(t);
  await ok(server.call('GET', BROKER));
  await shows(journal, 'DescribeBroker');
  const field = page.locator('#journal').getByLabel('Status'), marked = () => field.evaluate((element) => {
    const bad = document.createElement('i');
    bad.style.color = 'var(--bad)';
    document.body.append(bad);
    const [border, color] = [getComputedStyle(element).borderColor, getComputedStyle(bad).color];
    bad.remove();
    return [border === color, element.getAttribute('aria-invalid')];
  });
  await field.fill('4');
  await shows(journal, /1 call, the newest first\. Not filtered by status: that takes a number such as 404\.[^]*DescribeBroker/);
  assert.deepEqual(await marked(), [true, 'true']);
  await picture('no-status');
  await page.getByRole('searchbox', { name: 'User' }).fill('nobody');
  await shows(journal, /No call[^]*Not filtered by status/);
  await page.getByRole('searchbox', { name: 'User' }).fill('');
  await field.fill('404');
  await shows(journal, /^No call of the service has arrived that this filter shows\.$/);
  assert.deepEqual(await marked(), [false, 'false']);
});

test('the keyboard alone reaches, names and shows the focus of everything', async (t) => {
  const { page, server, broker, status, journal } = await open(t, { more: `
    INSERT INTO fault (operation, error, times) VALUES ('Promote', 'ConflictException', 1);` });
  await ok(createUser(server, 'alice'));
  await shows(journal, 'CreateUser');
  await shows(page.locator('#faults'), 'Promote');
  await shows(broker('orders'), 'RUNNING');
  const focus = (name) => page.evaluate((name) => {
    const element = document.activeElement;
    if (name === undefined) element.dataset.reached = 'yes';
    const label = element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent;
    return { name: label.trim(), outline: getComputedStyle(element).outlineStyle, body: element === document.body };
  }, name);
  const tabTo = (name) => eventually(async () => {
    await page.keyboard.press('Tab');
    return (await focus(name)).name.startsWith(name);
  }, `the focus on ${name}`);

  await tabTo('Any other fault');
  await page.keyboard.press('Enter');
  assert.ok(await page.getByLabel('Delay in ms').isVisible());
  const unreached = () => page.evaluate(() => [...document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')]
    .filter((element) => element.checkVisibility() && !element.dataset.reached).map((element) => element.outerHTML));
  await eventually(async () => {
    const { name, outline, body } = await focus();
    assert.ok(body || name && outline !== 'none', `${name || 'nameless'}: outline ${outline}`);
    await page.keyboard.press('Tab');
    return (await unreached()).length === 0;
  }, 'the focus on everything').catch(async (error) => assert.fail(`${error.message}: ${await unreached()}`));

  await tabTo('Show events');
  await page.keyboard.press('Space');
  await shows(page.locator('#broker'), 'Broker events');
  assert.equal((await focus('')).name, 'Show events');
  await tabTo('Reboot orders');
  await page.keyboard.press('Enter');
  await shows(broker('orders'), 'REBOOT_IN_PROGRESS');
  assert.equal((await focus('')).name, 'Reboot orders');
  await tabTo('Step by');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await shows(broker('orders'), 'RUNNING');
  await page.locator('#fault').getByLabel('Operation').focus();
  await page.keyboard.type('DeleteUser');
  await tabTo('Error');
  await page.keyboard.type('ForbiddenException');
  await page.keyboard.press('Enter');
  await shows(page.locator('#faults'), /DeleteUser\s*ForbiddenException/);
  page.once('dialog', (dialog) => dialog.accept());
  await tabTo('Reset');
  await page.keyboard.press('Space');
  await shows(status, 'Reset: done.');
  await shows(page.locator('#faults'), 'Faults (1)');
});

// Other states of the page: {name: [the options of open, what brings it about]}.
const STATES = {
  empty: [{}, async ({ page, server, settled }) => {
    await shows(page.locator('#list'), 'orders');
    await settled();
    await ok(server.call('POST', '/_local/reset?empty=true'));
    await shows(page.locator('#list'), 'There is no broker');
    await shows(page.locator('#detail'), 'No broker is selected.');
  }],
  compare: [{ viewport: { width: 360, height: 900 } }, async ({ page, server }) => {
    await page.getByRole('button', { name: 'Show orders' }).click();
    await revise(server, 250, LONG.tag);
    await page.getByText('Compare its 2 revisions').click();
    await shows(page.locator('#compare'), 'limit="250"');
  }],
  'seed-error': [{ errors: /status of 400/ }, async ({ page }) => {
    await page.getByText('Apply a seed').click();
    await page.getByLabel('SQL').fill("\n\nINSERT INTO broker (id, name) VALUES ('b-orders', 'again');");
    await page.getByRole('button', { name: 'Apply' }).click();
    await shows(page.locator('#seed-error'), 'Line 3');
  }],
  gone: [{ errors: /ERR_CONNECTION|ERR_INCOMPLETE/ }, async ({ page, server, broker }) => {
    await shows(broker('orders'), 'RUNNING');
    await server.stop();
    await shows(page.locator('#live'), 'not connected');
  }],
  token: [{ flags: ['--control-token', 'secret-token'], errors: /status of 401/ }, ({ page }) => shows(page.locator('#live'), 'token needed')],
  verify: [{ flags: ['--auth', 'verify'], errors: /status of 403/ }, async ({ page, status }) => {
    await page.getByRole('button', { name: 'Reboot orders' }).click();
    await shows(status, '403 IncompleteSignatureException');
  }],
};

for (const [name, [{ errors, ...options }, reach]] of Object.entries(STATES)) {
  test(`the state ${name}: nothing is cut, and axe-core finds nothing`, async (t) => {
    const opened = await open(t, options);
    if (errors) opened.expectErrors(errors);
    await reach(opened);
    await opened.picture(name);
  });
}

test('the processes of real brokers: nothing is cut, and axe-core finds nothing', async (t) => {
  const directory = temporary(t);
  const { page, server, broker, picture } = await open(t, { flags: ['--brokers', directory], more: RICH });
  await shows(broker('orders'), /STARTING\s*slot 0/);
  await report(server, directory, 'up', '5.16.7');
  await shows(broker('orders'), /UP\s*slot 0/);
  await page.getByRole('button', { name: 'Show orders' }).click();
  await shows(page.locator('#detail dl').first(), 'version 5.16.7');
  await ok(server.call('POST', '/v1/brokers/b-rabbit/reboot'));
  await shows(broker('events'), 'left');
  await page.locator('#world').selectOption('*');
  await shows(broker(LONG.broker), '123456789012 us-east-1');
  await picture('process');
});
