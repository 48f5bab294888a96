import { expect } from 'chai'
import type { MakeDealArguments } from '../../tasks/wish.ts'
import { refused } from '../support/refused.ts'
import { ROOT } from './support/documents.ts'
import { wish } from './support/wish.ts'

describe('tasks/wish', () => {
  it('asks for nothing but the file when nothing else is said', () => {
    expect(wish({ file: 'some/folder' })).to.deep.equal({
      inputs: ['/home/user/some/folder'],
      replicas: 1,
      wrap: false,
      followSymlinks: false,
    })
  })

  it('reads every option in its unit', () => {
    const request = wish({
      cid: ROOT,
      wait: true,
      timeout: '90min',
      replicas: '3',
      provider: 'f01000, t01001,1002',
      duration: '18mo',
      startIn: '3d',
      price: '0.02FIL/TiB/mo',
      maxTotal: '1FIL',
      providerCollateral: '0.01 FIL',
      clientCollateral: '7attoFIL',
      label: `x/ipfs/${ROOT}`,
    })
    expect(request).to.deep.equal({
      cid: ROOT,
      wait: 'active',
      deadlineMs: 5_400_000,
      replicas: 3,
      providers: [1000n, 1001n, 1002n],
      durationEpochs: 18n * 30n * 2880n,
      startInEpochs: 3n * 2880n,
      price: { attoFil: 2n * 10n ** 16n, bytes: 2n ** 40n, seconds: 30n * 86_400n },
      maxTotal: 10n ** 18n,
      providerCollateral: 10n ** 16n,
      clientCollateral: 7n,
      label: `x/ipfs/${ROOT}`,
      wrap: false,
      followSymlinks: false,
    })
  })

  it('reads absolute epochs', () => {
    const request = wish({ file: 'a', startEpoch: '4100000', endEpoch: '5200000' })
    expect(request).to.include({ startEpoch: 4_100_000n, endEpoch: 5_200_000n })
  })

  const bad: [string, Partial<MakeDealArguments>][] = [
    ['neither file nor CID', {}],
    ['file and CID', { file: 'a', cid: ROOT }],
    ['two ways to say the start', { file: 'a', startIn: '3d', startEpoch: '9' }],
    ['two ways to say the end', { file: 'a', duration: '1y', endEpoch: '9' }],
    ['a timeout without a wait', { file: 'a', timeout: '1h' }],
    ['no replica', { file: 'a', replicas: '0' }],
    ['more replicas than the contract counts', { file: 'a', replicas: '65536' }],
    ['a provider that is none', { file: 'a', provider: 'f1abc' }],
    ['a price without its unit', { file: 'a', price: '5' }],
    ['a price for a size without a time', { file: 'a', price: '5FIL/TiB' }],
    ['a limit without its unit', { file: 'a', maxTotal: '5' }],
    ['to wait for what is not sent', { file: 'a', dryRun: true, wait: true }],
    ['a time without its unit', { file: 'a', wait: true, timeout: '5' }],
    ['a duration that is none', { file: 'a', duration: 'long' }],
    ['an epoch that is none', { file: 'a', startEpoch: '-1' }],
  ]
  for (const [what, args] of bad) {
    it(`refuses ${what}`, () => refused('ARGUMENT_INVALID', () => wish(args)))
  }

  it('names the option that cannot be understood', async () => {
    const error = await refused('ARGUMENT_INVALID', () => wish({ file: 'a', price: '5' }))
    expect(error.message).to.match(/^--price: /)
    expect(error.hint).to.include('unit')
  })
})
