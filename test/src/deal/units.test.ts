import { expect } from 'chai'
import { formatDuration, formatFil, parseDuration, parseFil } from '../../../src/deal/units.ts'
import { refused } from '../../support/refused.ts'

describe('deal/units: FIL', () => {
  for (const [text, attoFil] of [
    ['0.01FIL', 10n ** 16n],
    ['0.01 FIL', 10n ** 16n],
    ['1 fil', 10n ** 18n],
    ['5000 attoFIL', 5000n],
    ['2.5nanoFIL', 2_500_000_000n],
    ['50 picoFIL', 50_000_000n],
    ['1.000 attoFIL', 1n],
    ['0.000000000000000001 FIL', 1n],
    ['0', 0n],
    ['0.0', 0n],
    ['0 FIL', 0n],
  ] as const)
    it(`reads ${text}`, () => expect(parseFil(text)).to.equal(attoFil))

  for (const text of [
    '1',
    '',
    'FIL',
    '-1 FIL',
    '1.5 attoFIL',
    '1,5 FIL',
    '1 ETH',
    '1e3 FIL',
    '.5 FIL',
  ])
    it(`refuses "${text}"`, () => refused('ARGUMENT_INVALID', () => parseFil(text)))

  for (const [attoFil, text] of [
    [0n, '0 FIL'],
    [10n ** 16n, '0.01 FIL'],
    [10n ** 15n, '0.001 FIL'],
    [10n ** 15n - 1n, '999.999999999999 microFIL'],
    [50_000_000n, '50 picoFIL'],
    [12_207n, '12.207 femtoFIL'],
    [1n, '1 attoFIL'],
    [1_500_000_000_000_000_001n, '1.500000000000000001 FIL'],
    [-(10n ** 18n), '-1 FIL'],
    [2_000_000_000n * 10n ** 18n, '2000000000 FIL'],
  ] as const)
    it(`writes ${attoFil} attoFIL as ${text}`, () => {
      expect(formatFil(attoFil)).to.equal(text)
      if (attoFil >= 0n) expect(parseFil(text)).to.equal(attoFil)
    })
})

describe('deal/units: durations', () => {
  for (const [text, epochs] of [
    ['180d', 518_400n],
    ['18mo', 1_555_200n],
    ['1y', 1_051_200n],
    ['2w', 40_320n],
    ['12h', 1440n],
    ['1d 12h', 4320n],
    ['1d12h', 4320n],
    ['5m', 10n],
    ['5min', 10n],
    ['90s', 3n],
    ['518400', 518_400n],
    ['518400 epochs', 518_400n],
    ['1 epoch', 1n],
  ] as const)
    it(`reads ${text}`, () => expect(parseDuration(text)).to.equal(epochs))

  for (const text of ['', 'd', '1x', '1.5d', '-1d', '10s', '1d of', '180 days ago'])
    it(`refuses "${text}"`, () => refused('ARGUMENT_INVALID', () => parseDuration(text)))

  for (const [epochs, text] of [
    [518_400n, '180 d'],
    [4320n, '1 d 12 h'],
    [5n, '2 min 30 s'],
    [1n, '30 s'],
    [0n, '0 s'],
    [-2880n, '-1 d'],
    [2881n, '1 d'],
  ] as const)
    it(`writes ${epochs} epochs as ${text}`, () => expect(formatDuration(epochs)).to.equal(text))
})
