import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { isStorageError } from '../../../src/errors.ts'
import { openPushLog, pushFolder, readPushes } from '../../../src/relay/push-log.ts'
import type { PushRecord } from '../../../src/relay/push-record.ts'

const record = (change: Partial<PushRecord> = {}): PushRecord => ({
  proposalId: `0x${'ab'.repeat(32)}`,
  provider: (1n << 63n) + 1n,
  dealUuid: '11791286-dbca-80ea-8283-3515a5f12f39',
  url: 'http://127.0.0.1:1',
  at: 1_700_000_000_000,
  outcome: 'refused',
  reason: 'failed validation: invalid signature',
  ...change,
})

describe('relay/push-log', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-relay-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('keeps records over a restart, and knows the last of each proposal and provider', async () => {
    const first = await openPushLog(folder)
    await first.append(record())
    await first.append(record({ provider: 7n, outcome: 'unclear' }))
    await first.append(record({ outcome: 'accepted', reason: '' }))
    await first.close()
    const again = await openPushLog(folder)
    expect(again.last(record().proposalId.toUpperCase(), record().provider)).to.deep.equal(
      record({ outcome: 'accepted', reason: '' }),
    )
    expect(again.last(record().proposalId, 8n)).to.equal(undefined)
    await again.close()
    expect((await readPushes(folder)).map(({ outcome }) => outcome)).to.deep.equal([
      'refused',
      'unclear',
      'accepted',
    ])
  })

  it('reads nothing where nothing was pushed, and no line that is not finished', async () => {
    expect(await readPushes(join(folder, 'none'))).to.deep.equal([])
    const log = await openPushLog(folder)
    await log.append(record())
    await appendFile(join(folder, 'pushes.jsonl'), '{"proposalId":"0x')
    expect(await readPushes(folder)).to.deep.equal([record()])
    await log.close()
  })

  it('refuses a line that is no record', async () => {
    const log = await openPushLog(folder)
    await log.append(record())
    await log.close()
    const path = join(folder, 'pushes.jsonl')
    await writeFile(path, (await readFile(path, 'utf8')).replace('refused', 'perhaps'))
    const failure = await readPushes(folder).catch((error: unknown) => error)
    expect(isStorageError(failure, 'DEPOT_CORRUPT')).to.equal(true)
    const opened = await openPushLog(folder).catch((error: unknown) => error)
    expect(isStorageError(opened, 'DEPOT_CORRUPT')).to.equal(true)
  })

  it('lets one process push at a time', async () => {
    const log = await openPushLog(folder)
    const second = await openPushLog(folder).catch((error: unknown) => error)
    expect(isStorageError(second, 'IN_USE')).to.equal(true)
    await log.close()
    await (await openPushLog(folder)).close()
  })

  it('names a folder after network and client', () => {
    expect(pushFolder('/s', 'calibration', '0xABcd')).to.equal(join('/s', 'calibration-0xabcd'))
  })
})
