import { expect } from 'chai'
import { isPrivateHost } from '../../../src/chain/private-host.ts'

describe('isPrivateHost', () => {
  for (const url of [
    'http://127.0.0.1:1',
    'http://10.1.2.3',
    'http://172.31.0.1',
    'http://192.168.0.1',
    'http://169.254.169.254',
    'http://100.64.0.1',
    'http://0.0.0.0',
    'http://0x7f.1',
    'http://[::1]',
    'http://[fd00::1]',
    'http://[fe80::1]',
    'http://[::ffff:127.0.0.1]',
  ])
    it(`is ${url}`, () => expect(isPrivateHost(new URL(url).hostname)).to.equal(true))

  for (const url of ['http://8.8.8.8', 'http://172.32.0.1', 'http://[2001:db8::1]', 'http://a.b'])
    it(`is not ${url}`, () => expect(isPrivateHost(new URL(url).hostname)).to.equal(false))
})
