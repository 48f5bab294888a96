import { expect } from 'chai'
import { network } from 'hardhat'
import { fund } from 'sealift/localnet'

it('reads what the miner f01000 has in the market', async () => {
  const { ethers, provider } = await network.create()
  await fund(provider, 'f01000', 5n)
  const escrow = await ethers.deployContract('Escrow')
  const [exitCode, cbor] = await escrow.balanceOf.staticCall('0x00e807')
  expect(exitCode).to.equal(0n)
  // [5, 0]: a balance of 5 attoFIL, none of it locked.
  expect(cbor).to.equal('0x8242000540')
})
