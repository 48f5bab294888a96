import { expect } from 'chai'
import { fetcherOf, fetchUrlFor } from '../../../src/deal/fetch-url.ts'

describe('deal/fetch-url', () => {
  it('tells the depot whose download it is', () => {
    const url = fetchUrlFor('https://depot.example/piece/baga', 1000n)
    expect(url).to.equal('https://depot.example/piece/baga?by=f01000')
    expect(fetcherOf(url)).to.equal('f01000')
  })

  it('leaves a URL with a query alone, which may be signed', () => {
    const signed = 'https://s3.example/x?X-Amz-Signature=1'
    expect(fetchUrlFor(signed, 1000n)).to.equal(signed)
    expect(fetchUrlFor('https://x.example/#a', 1000n)).to.equal('https://x.example/#a')
  })

  it('reads no provider from anything else', () => {
    for (const path of [
      '/piece/x',
      '/piece/x?by=',
      '/piece/x?by=f1abc',
      '/piece/x?to=f01',
      '/x?by=f0%0a',
    ])
      expect(fetcherOf(path)).to.equal(undefined)
  })
})
