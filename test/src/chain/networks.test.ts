import { expect } from 'chai'
import { anchorOf, dateOfEpoch, epochOfDate } from '../../../src/chain/epoch.ts'
import {
  addressLink,
  checkChain,
  dealLink,
  networkOf,
  networkOfChain,
  transactionLink,
} from '../../../src/chain/networks.ts'
import { refused } from '../../support/refused.ts'

const calibration = networkOf('calibration')

describe('chain/networks', () => {
  it('are found by name, alias and chain id', () => {
    expect(networkOf('filecoin').chainId).to.equal(314n)
    expect(networkOf('mainnet').name).to.equal('filecoin')
    expect(networkOf('calibnet').name).to.equal('calibration')
    expect(networkOfChain(31_415_926).name).to.equal('localnet')
  })

  it('are no others', async () => {
    const error = await refused('UNKNOWN_NETWORK', () => networkOf('goerli'))
    expect(error.message).to.contain('calibration').and.contain('goerli')
    await refused('UNKNOWN_NETWORK', () => networkOf('constructor'))
    await refused('UNKNOWN_NETWORK', () => networkOfChain(1n))
  })

  it('are not what a node of another chain serves', async () => {
    checkChain(calibration, 314_159)
    await refused('UNKNOWN_NETWORK', () => checkChain(calibration, 314n))
  })

  it('have pages, but not the local one', () => {
    expect(addressLink(calibration, '0xab')).to.equal(
      'https://filecoin-testnet.blockscout.com/address/0xab',
    )
    expect(transactionLink(networkOf('filecoin'), '0xab')).to.equal(
      'https://filecoin.blockscout.com/tx/0xab',
    )
    expect(dealLink(calibration, 7n)).to.equal('https://calibration.filfox.info/en/deal/7')
    expect(dealLink(networkOf('localnet'), 7n)).to.equal(undefined)
  })
})

const head = { epoch: 500n, time: 1_700_000_000 }

function date(network: string, epoch: bigint): string {
  return dateOfEpoch(epoch, anchorOf(networkOf(network), head))
    .toISOString()
    .slice(0, 10)
}

describe('chain/epoch', () => {
  it('counts from genesis: dates of the network upgrade nv28', () => {
    // lotus build/buildconstants: mainnet 6052800 is 2026-05-27, calibration 3694534 is 2026-05-07.
    expect(date('filecoin', 6_052_800n)).to.equal('2026-05-27')
    expect(date('calibration', 3_694_534n)).to.equal('2026-05-07')
  })

  it('counts from the head where there is no fixed genesis', () => {
    const anchor = anchorOf(networkOf('localnet'), head)
    expect(dateOfEpoch(502n, anchor).getTime()).to.equal(1_700_000_060_000)
    expect(dateOfEpoch(499n, anchor).getTime()).to.equal(1_699_999_970_000)
  })

  it('turns dates into the epoch that starts then or next', () => {
    const anchor = anchorOf(calibration, head)
    for (const epoch of [0n, 1n, 3_694_534n])
      expect(epochOfDate(dateOfEpoch(epoch, anchor), anchor)).to.equal(epoch)
    expect(epochOfDate(new Date(1_667_326_381_000), anchor)).to.equal(1n)
  })
})
