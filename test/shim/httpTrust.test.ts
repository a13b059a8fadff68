import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from './certificate.js';
import { call, collector, post, proxy, text, upstream } from './httpSetup.js';
import { until } from './shimProcess.js';
import { asJson, Upstream } from './upstream.js';

describe('authorization', () => {
  it('is looked for behind the proxy, with the proxy as the resource', async () => {
    upstream.answer = (asked, response) => {
      const metadata = `${upstream.origin}/.well-known/oauth-protected-resource/mcp`;
      if (asked.url.startsWith('/.well-known/')) {
        asJson(response, {
          resource: `${upstream.origin}/mcp`,
          authorization_servers: ['https://login.example'],
        });
      } else {
        response
          .writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` })
          .end();
      }
    };
    const { url, origin } = await proxy();
    const refused = await post(url, call(1));
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
    expect(refused.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${metadata}"`);
    expect(await (await fetch(metadata)).json()).toEqual({
      resource: url,
      authorization_servers: ['https://login.example'],
    });
    await post(url, call(2), { authorization: 'Bearer wrong' });
    await until(() => collector.findings('http_violation').length === 1);
  });
});

describe('protected-resource metadata', () => {
  it.each([
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
    '/mcp/.well-known/oauth-protected-resource',
  ])('of %s names the proxy, however the server writes it', async (path) => {
    const elsewhere = `${upstream.origin}0/login`;
    upstream.answer = (asked, response) => {
      const document = { resource: `${upstream.origin}/mcp`, authorization_servers: [elsewhere] };
      const body = JSON.stringify(document).replaceAll('/', '\\/');
      const isZipped = /gzip/.test(String(asked.headers['accept-encoding']));
      response.writeHead(200, {
        'content-type': 'application/json',
        // A port that only begins like the server's.
        location: elsewhere,
        ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
      });
      response.end(isZipped ? gzipSync(body) : body);
    };
    const { url, origin } = await proxy();
    const answer = await fetch(`${origin}${path}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(await answer.json()).toEqual({ resource: url, authorization_servers: [elsewhere] });
    expect(answer.headers.get('location')).toBe(elsewhere);
  });
});

describe('a server behind TLS', () => {
  it.skipIf(!hasOpenssl)('is reached, its certificate checked', async () => {
    const certificate = makeCertificate();
    const secure = await Upstream.start(createTlsServer(certificate) as never);
    secure.answer = (_asked, response) => asJson(response, text(1));
    const address = `https://localhost:${secure.port}/mcp`;
    const trusted = await proxy([], address, { NODE_EXTRA_CA_CERTS: certificate.path });
    expect(await (await post(trusted.url, call(1))).json()).toEqual(text(1));
    const strict = await proxy([], address);
    expect((await post(strict.url, call(1))).status).toBe(502);
    await secure.stop();
  });
});
