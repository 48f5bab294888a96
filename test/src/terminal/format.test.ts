import { expect } from 'chai'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatEpoch,
  formatPlural,
  formatRate,
  printable,
} from '../../../src/terminal/format.ts'

describe('terminal/format', () => {
  const bytes: [number, string][] = [
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [1536, '1.50 KiB'],
    [10 * 1024, '10.0 KiB'],
    [100 * 1024, '100 KiB'],
    [1024 ** 2 - 1, '1.00 MiB'],
    [100 * 1024 ** 2, '100 MiB'],
    [2 * 1024 ** 3, '2.00 GiB'],
    [32 * 1024 ** 4, '32.0 TiB'],
    [Number.MAX_SAFE_INTEGER, '8.00 PiB'],
  ]
  for (const [size, text] of bytes) {
    it(`writes ${size} bytes as ${text}`, () => expect(formatBytes(size)).to.equal(text))
  }

  it('writes a rate per second', () => expect(formatRate(1536.4)).to.equal('1.50 KiB/s'))

  const durations: [number, string][] = [
    [0, '0 ms'],
    [-5, '0 ms'],
    [449, '0.4 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [65_000, '1 min 5 s'],
    [3_599_600, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000, '1 d'],
    [86_400_000 * 180, '180 d'],
    [86_400_000 * 1278 + 3_600_000, '1,278 d 1 h'],
  ]
  for (const [ms, text] of durations) {
    it(`writes ${ms} ms as ${text}`, () => expect(formatDuration(ms)).to.equal(text))
  }

  it('puts the date beside an epoch when the genesis is known', () => {
    expect(formatEpoch(520_000n)).to.equal('520,000')
    // Calibration began at 1667326380; its epoch 520000 was 1 May 2023.
    expect(formatEpoch(520_000n, 1_667_326_380)).to.equal('520,000 (2023-05-01 07:33 UTC)')
    expect(formatEpoch(2n ** 63n - 1n, 0)).to.equal('9,223,372,036,854,775,807')
  })

  it('counts with separators and plurals', () => {
    expect(formatCount(1_000_000)).to.equal('1,000,000')
    expect(formatPlural(1, 'file')).to.equal('1 file')
    expect(formatPlural(1000, 'file')).to.equal('1,000 files')
    expect(formatPlural(2, 'copy', 'copies')).to.equal('2 copies')
  })

  it('takes the teeth out of control characters and keeps lines', () => {
    expect(printable('a\u001b[31mb\nc\td')).to.equal('a\\x1b[31mb\nc\td')
    expect(printable('\u202etxt.exe')).to.equal('\\x202etxt.exe')
    expect(printable('Größe 漢字')).to.equal('Größe 漢字')
  })
})
