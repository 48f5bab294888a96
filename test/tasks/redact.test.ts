import { expect } from 'chai'
import { redact, redactUrl } from '../../tasks/redact.ts'

describe('tasks/redact', () => {
  const urls: [string, string][] = [
    ['https://user:word@node.example/rpc/v1', 'https://***@node.example/rpc/v1'],
    ['https://node.example/rpc?token=abc&x=1', 'https://node.example/rpc?token=***&x=1'],
    ['https://node.example/rpc?apiKey=abc', 'https://node.example/rpc?apiKey=***'],
    [
      'https://filecoin.infura.io/v3/0123456789abcdef0123456789abcdef',
      'https://filecoin.infura.io/v3/***',
    ],
    ['wss://node.example/6b1c9f4e-aaaa-4bbb-8ccc-0123456789ab', 'wss://node.example/***'],
  ]
  for (const [url, safe] of urls) {
    it(`hides what authenticates in ${url}`, () => expect(redactUrl(url)).to.equal(safe))
  }

  const plain = [
    'https://api.calibration.node.glif.io/rpc/v1',
    'http://127.0.0.1:3300/piece/baga6ea4seaqnewcb33cdayijgwlg57hd2kskxmr2z3x3lm6bmtb6vy56ufyy6lq',
    'https://gateway.example/ipfs/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
    'https://calibration.filfox.info/en/message/latest',
  ]
  for (const url of plain) {
    it(`leaves ${url.slice(0, 40)}… as it is`, () => expect(redactUrl(url)).to.equal(url))
  }

  it('hides known secrets in any case, with and without 0x', () => {
    const secret = `0x${'aB12'.repeat(16)}`
    const text = `${secret} ${secret.slice(2).toUpperCase()} ${secret.toLowerCase()}`
    expect(redact(text, [secret])).to.equal('*** *** ***')
  })

  it('does not tear words apart for a short or empty secret', () => {
    expect(redact('a short text', ['', 'a', '0x', 'text'])).to.equal('a short text')
  })
})
