import { expect } from 'chai'
import { refusalOf } from '../../../src/dashboard/guard.ts'
import { bears, checkToken, makeToken } from '../../../src/dashboard/token.ts'
import { isStorageError } from '../../../src/errors.ts'

const asked = (
  headers: Record<string, string | undefined>,
  path = '/api/overview',
  method = 'GET',
) => refusalOf({ method, path, headers: { host: '127.0.0.1:3400', ...headers } }, 3400)

describe('dashboard/guard', () => {
  it('lets this machine’s own names in', () => {
    expect(asked({})).to.equal(undefined)
    expect(asked({ host: 'localhost:3400' })).to.equal(undefined)
    expect(asked({ host: 'LocalHost:3400' })).to.equal(undefined)
    expect(asked({ origin: 'http://127.0.0.1:3400', 'sec-fetch-site': 'same-origin' })).to.equal(
      undefined,
    )
  })

  for (const host of [
    'evil.example',
    'evil.example:3400',
    '127.0.0.1',
    '127.0.0.1:3401',
    '127.0.0.1.evil.example:3400',
    undefined,
  ])
    it(`refuses the host ${host}: a name that was made to point here`, () => {
      expect(asked({ host })).to.be.a('string')
    })

  for (const origin of [
    'https://evil.example',
    'null',
    'http://127.0.0.1:3300',
    'https://127.0.0.1:3400',
    'http://localhost:3400',
  ])
    it(`refuses the origin ${origin}`, () => {
      expect(asked({ origin })).to.be.a('string')
      expect(asked({ origin }, '/', 'POST')).to.be.a('string')
    })

  it('refuses what another site asks for, but a link to the page', () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }
      expect(asked(headers), site).to.be.a('string')
      expect(asked(headers, '/page.js'), site).to.be.a('string')
      const link = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' }
      expect(asked(link, '/'), site).to.equal(undefined)
      expect(asked(link, '/api/overview'), site).to.be.a('string')
    }
  })
})

describe('dashboard/token', () => {
  it('makes another one each time, that its own check takes', () => {
    const [one, two] = [makeToken(), makeToken()]
    expect(one).to.not.equal(two)
    expect(one).to.match(/^[\w-]{32}$/)
    expect(checkToken('TOKEN', one)).to.equal(one)
  })

  it('refuses what is short or does not fit a URL, without telling it', () => {
    for (const token of ['hunter2', 'a'.repeat(19), `${'a'.repeat(30)}#`, `${'a'.repeat(30)} `]) {
      try {
        checkToken('TOKEN', token)
        expect.fail('was taken')
      } catch (error) {
        expect(isStorageError(error, 'ARGUMENT_INVALID'), token).to.equal(true)
        expect(String(error)).to.not.include(token)
      }
    }
  })

  it('knows the bearer', () => {
    const token = 't'.repeat(32)
    expect(bears(`Bearer ${token}`, token)).to.equal(true)
    for (const header of [undefined, '', token, 'Bearer ', `Bearer ${token}x`, `bearer ${token}`])
      expect(bears(header, token), String(header)).to.equal(false)
  })
})
