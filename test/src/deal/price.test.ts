import { expect } from 'chai'
import { parsePrice, pricePerEpoch } from '../../../src/deal/price.ts'
import { refused } from '../../support/refused.ts'

const GIB = 2n ** 30n
const TIB = 2n ** 40n

describe('deal/price', () => {
  // Price, padded size, attoFIL per epoch: worked out by hand, 1 mo = 30 d = 86,400 epochs, 1 y = 365 d = 1,051,200 epochs.
  for (const [text, size, perEpoch] of [
    // 2·10^16 / 86,400 = 231,481,481,481.48…, rounded up
    ['0.02FIL/TiB/mo', TIB, 231_481_481_482n],
    // a 1024th of it: 226,056,134.25…
    ['0.02FIL/TiB/mo', GIB, 226_056_135n],
    ['50picoFIL/GiB/epoch', 32n * GIB, 1_600_000_000n],
    ['50 picoFIL / GiB / epoch', GIB, 50_000_000n],
    ['50picoFIL/epoch/gib', GIB, 50_000_000n],
    // 10^9 / 2,880 = 347,222.2…
    ['1nanoFIL/GiB/d', GIB, 347_223n],
    ['1nanoFIL/GiB/day', GIB, 347_223n],
    // 1 / 2^23 of 50,000,000 is 5.96…
    ['50picoFIL/GiB/epoch', 128n, 6n],
    // Without a size: the whole piece.
    ['5nanoFIL', TIB, 5_000_000_000n],
    ['5nanoFIL/epoch', 128n, 5_000_000_000n],
    // 10^18 / 1,051,200 = 951,293,759,512.9…
    ['1FIL/y', 128n, 951_293_759_513n],
    ['1attoFIL/PiB/y', 128n, 1n],
    ['0FIL/GiB/mo', TIB, 0n],
    ['0', GIB, 0n],
  ] as const)
    it(`${text} for ${size} bytes is ${perEpoch} attoFIL per epoch`, () => {
      expect(pricePerEpoch(parsePrice(text), size)).to.equal(perEpoch)
    })

  it('never falls below what was said, whatever the size', () => {
    const price = parsePrice('0.02FIL/TiB/mo')
    for (let size = 128n; size <= 2n ** 36n; size *= 2n) {
      const month = pricePerEpoch(price, size) * 86_400n
      const exact = 2n * 10n ** 16n * size
      expect(month * TIB >= exact).to.equal(true)
      expect((month - 86_400n) * TIB < exact).to.equal(true)
    }
  })

  for (const text of [
    '',
    '5',
    '0.02FIL/TiB',
    '0.02FIL/TiB/mo/mo',
    '0.02FIL/TiB/GiB',
    '0.02FIL/TB/mo',
    '0.02FIL/parsec',
    '/TiB/mo',
    '-1FIL/mo',
    '0.02FIL//mo',
    '1FIL/toString',
    '0.1attoFIL/TiB/mo',
  ])
    it(`refuses "${text}"`, () => refused('ARGUMENT_INVALID', () => parsePrice(text)))

  it('says which unit is meant by TB, and that a month has 30 days', async () => {
    const decimal = await refused('ARGUMENT_INVALID', () => parsePrice('1FIL/TB/mo'))
    expect(decimal.hint).to.include('write TiB')
    const unknown = await refused('ARGUMENT_INVALID', () => parsePrice('1FIL/GiB/fortnight'))
    expect(unknown.hint).to.include('mo (30 days)').and.include('y (365 days)')
  })
})
