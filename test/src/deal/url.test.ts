import { expect } from 'chai'
import { checkUrl, MAX_URL_LENGTH } from '../../../src/deal/url.ts'
import { refused } from '../../support/refused.ts'

describe('deal/url', () => {
  for (const url of [
    'http://127.0.0.1:3000/piece/baga',
    'https://depot.example/piece/baga.car?from=a%22b&x=(1)#top',
    'http://[::1]:8080/x',
    'https://user:word@depot.example',
  ])
    it(`takes ${url}`, () => checkUrl(url))

  for (const url of [
    'https://depot.example/a"b',
    'https://depot.example/a\\b',
    'https://depot.example/a b',
    'https://depot.example/ü',
    'https://depot.example/{x}',
    'https:///path',
    'https://?x',
    'http://depot.example:99999/x',
    '//depot.example/x',
    'file:///etc/passwd',
    'libp2p://depot.example',
  ])
    it(`refuses ${url}`, () => refused('URL_INVALID', () => checkUrl(url)))

  it('takes as many characters as Curio does, and no more', async () => {
    const base = 'https://depot.example/'
    checkUrl(base.padEnd(MAX_URL_LENGTH, 'x'))
    await refused('URL_INVALID', () => checkUrl(base.padEnd(MAX_URL_LENGTH + 1, 'x')))
  })

  it('says where the character is and how to write it', async () => {
    const error = await refused('URL_INVALID', () => checkUrl('https://depot.example/a"b'))
    expect(error.message).to.contain('position 23')
    expect(error.hint).to.contain('%22')
  })
})
