import { expect } from 'chai'
import {
  deploymentsFolder,
  depotFolder,
  mostForGas,
  toAttoFil,
  toBaseUrl,
  toBytes,
  toCount,
  toAddressOrId,
  toEthAddress,
  toMilliseconds,
  toPort,
  toProviders,
  toSeconds,
} from '../../tasks/values.ts'
import { depotUrl } from '../../tasks/context.ts'
import { refused } from '../support/refused.ts'

describe('tasks/values', () => {
  it('reads ports from 0 to 65535', async () => {
    expect([toPort('--port', '0'), toPort('--port', '65535')]).to.deep.equal([0, 65_535])
    for (const text of ['65536', '-1', '1.5', '', 'x', ' 80']) {
      await refused('ARGUMENT_INVALID', () => toPort('--port', text))
    }
  })

  it('reads counts within their bounds', async () => {
    expect(toCount('--n', '16', 0, 16)).to.equal(16)
    for (const text of ['17', '-1', '1e1', '']) {
      await refused('ARGUMENT_INVALID', () => toCount('--n', text, 0, 16))
    }
  })

  it('reads seconds with fractions, but not none', async () => {
    expect(toSeconds('--s', '0.25')).to.equal(0.25)
    for (const text of ['0', '0.0', '-1', 'x']) {
      await refused('ARGUMENT_INVALID', () => toSeconds('--s', text))
    }
  })

  it('reads times with their unit', async () => {
    const times = ['90s', '30 min', '12h', '2d'].map((text) => toMilliseconds('--timeout', text))
    expect(times).to.deep.equal([90_000, 1_800_000, 43_200_000, 172_800_000])
    for (const text of ['0s', '5', '5m', 'h', '-5s']) {
      await refused('ARGUMENT_INVALID', () => toMilliseconds('--timeout', text))
    }
  })

  it('reads sizes that a number holds exactly', async () => {
    expect(toBytes('--size', '34359738368')).to.equal(2 ** 35)
    for (const text of ['9007199254740993', '-1', '1k']) {
      await refused('ARGUMENT_INVALID', () => toBytes('--size', text))
    }
  })

  it('takes a bare number as attoFIL where the starter kit did, and units too', async () => {
    expect(toAttoFil('--price', '12345678901234567890')).to.equal(12_345_678_901_234_567_890n)
    expect(toAttoFil('--price', '1 nanoFIL')).to.equal(10n ** 9n)
    await refused('ARGUMENT_INVALID', () => toAttoFil('--price', '-1'))
  })

  it('reads provider ids in every spelling', async () => {
    expect(toProviders('--provider', 'f01000,t01001 , 1002,')).to.deep.equal([1000n, 1001n, 1002n])
    await refused('ARGUMENT_INVALID', () => toProviders('--provider', 'f1abcdef'))
  })

  it('reads base URLs without the slash at their end', async () => {
    expect(toBaseUrl('--url', 'https://depot.example/a/')).to.equal('https://depot.example/a')
    for (const text of ['depot.example', 'file:///etc', 'http://']) {
      await refused('ARGUMENT_INVALID', () => toBaseUrl('--url', text))
    }
  })

  it('reads contract addresses', async () => {
    const address = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
    expect(toEthAddress('--contract', address)).to.equal(address)
    await refused('ARGUMENT_INVALID', () => toEthAddress('--contract', address.slice(0, -1)))
  })

  it('reads the Filecoin forms of an address, and leaves actor ids to who can resolve them', async () => {
    // test/vectors/f05-cbor.json, f410-deal-client.
    const f4 = 'f410f2svmjwh3y5lvxx24dh4qay2nnrq2actzi5kbyuq'
    const eth = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
    for (const text of [f4, `t${f4.slice(1)}`, eth])
      expect(String(toAddressOrId('--contract', text)).toLowerCase()).to.equal(eth)
    for (const text of ['f01234', 't01234', '0xff000000000000000000000000000000000004d2'])
      expect(toAddressOrId('--contract', text)).to.equal(1234n)
    await refused('ARGUMENT_INVALID', () => toEthAddress('--judge', 'f01234'))
    for (const text of [`${f4}a`, eth.replace('aac', 'aAc'), 'f3abc', 'hello'])
      await refused('ARGUMENT_INVALID', () => toAddressOrId('--contract', text))
  })

  it('finds the depot: option, then SEALIFT_DEPOT, then the project', () => {
    const place = { env: {}, cwd: '/cwd', root: '/project' }
    const env = { SEALIFT_DEPOT: 'shared' }
    expect(depotFolder(undefined, place)).to.equal('/project/.sealift/depot')
    expect(depotFolder(undefined, { ...place, env })).to.equal('/cwd/shared')
    expect(depotFolder('/mine', { ...place, env })).to.equal('/mine')
  })

  it('reads the bound of gas with its unit, where one is said', async () => {
    expect(mostForGas({ SEALIFT_MAX_GAS: '5FIL' })).to.equal(5n * 10n ** 18n)
    expect(mostForGas({})).to.equal(undefined)
    expect(mostForGas({ SEALIFT_MAX_GAS: '' })).to.equal(undefined)
    const error = await refused('ARGUMENT_INVALID', () => mostForGas({ SEALIFT_MAX_GAS: '5' }))
    expect(error.message).to.contain('SEALIFT_MAX_GAS')
  })

  it('finds the folder of deployments: SEALIFT_DEPLOYMENTS, then the project', () => {
    const place = { env: {}, cwd: '/cwd', root: '/project' }
    const env = { SEALIFT_DEPLOYMENTS: 'elsewhere' }
    expect(deploymentsFolder(place)).to.equal('/project/deployments')
    expect(deploymentsFolder({ ...place, env })).to.equal('/cwd/elsewhere')
    expect(deploymentsFolder({ ...place, env: { SEALIFT_DEPLOYMENTS: '' } })).to.equal(
      '/project/deployments',
    )
  })

  it('finds the URL of the depot: option, then SEALIFT_DEPOT_URL, then this machine on localnet only', async () => {
    const env = { SEALIFT_DEPOT_URL: 'https://depot.example/' }
    expect(depotUrl(undefined, {}, { name: 'localnet' })).to.equal('http://127.0.0.1:3300')
    expect(depotUrl(undefined, {}, { name: 'calibration' })).to.equal('')
    expect(depotUrl(undefined, env, { name: 'calibration' })).to.equal('https://depot.example')
    expect(depotUrl('http://1.2.3.4:80', env, { name: 'localnet' })).to.equal('http://1.2.3.4:80')
    await refused('ARGUMENT_INVALID', () =>
      depotUrl(undefined, { SEALIFT_DEPOT_URL: 'x' }, { name: 'localnet' }),
    )
  })
})
