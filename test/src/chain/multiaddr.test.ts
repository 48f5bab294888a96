import { expect } from 'chai'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { multiaddrOfUrl, urlOfMultiaddr } from '../../../src/chain/multiaddr.ts'
import { refused } from '../../support/refused.ts'

// Written by hand from the table of protocols: ip4 04, tcp 06, ip6 29, dns 35, dns4 36, p2p a503, https bb03,
// tls c003, http e003.
const HTTP: [string, string, string][] = [
  ['/ip4/127.0.0.1/tcp/3000/http', '047f000001060bb8e003', 'http://127.0.0.1:3000'],
  ['/ip4/10.1.2.3/tcp/80/http', '040a010203060050e003', 'http://10.1.2.3'],
  ['/dns/a.example/tcp/443/https', '3509612e6578616d706c650601bbbb03', 'https://a.example'],
  ['/dns/a.example/tcp/8443/https', '3509612e6578616d706c650620fbbb03', 'https://a.example:8443'],
  ['/ip6/::1/tcp/8080/http', `29${'00'.repeat(15)}01061f90e003`, 'http://[::1]:8080'],
  [
    '/ip6/2001:db8::ff00:42:8329/tcp/80/http',
    '2920010db8000000000000ff0000428329060050e003',
    'http://[2001:db8::ff00:42:8329]',
  ],
]

describe('chain/multiaddr', () => {
  for (const [name, hex, url] of HTTP)
    it(`reads and writes ${name}`, () => {
      expect(urlOfMultiaddr(fromHex(`0x${hex}`))).to.equal(url)
      expect(toHex(multiaddrOfUrl(url))).to.equal(`0x${hex}`)
    })

  it('reads dns4, TLS before HTTP, and a peer at the end', () => {
    expect(urlOfMultiaddr(fromHex('0x3609612e6578616d706c650601bbc003e003'))).to.equal(
      'https://a.example',
    )
    expect(urlOfMultiaddr(fromHex('0x047f000001060bb8e003a503021234'))).to.equal(
      'http://127.0.0.1:3000',
    )
  })

  for (const [name, hex] of [
    ['without HTTP', '047f000001060bb8'],
    ['of QUIC, which is unknown here', '047f000001910203e8cc03'],
    ['that ends in the port', '047f00000106'],
    ['that ends in the host', '047f00'],
    ['with a length beyond its end', '35ff612e'],
    ['with a name that is no host', '3509612f6578616d706c650601bbbb03'],
    ['with a user before the host', '350961406578616d706c650601bbbb03'],
    ['that is empty', ''],
    ['of text', Buffer.from('/ip4/127.0.0.1').toString('hex')],
  ])
    it(`has no URL for an address ${name}`, () =>
      expect(urlOfMultiaddr(fromHex(`0x${hex}`))).to.equal(undefined))

  it('has none for a part of an address', () => {
    const whole = fromHex(`0x${HTTP[2]?.[1]}`)
    for (let length = 0; length < whole.length; length++)
      expect(urlOfMultiaddr(whole.subarray(0, length))).to.equal(undefined)
  })

  for (const url of [
    'http://a.example/path',
    'http://a.example/?q',
    'http://u:p@a.example',
    'ftp://a.example',
    'a.example',
  ])
    it(`does not announce ${url}`, () => refused('URL_INVALID', () => multiaddrOfUrl(url)))
})
