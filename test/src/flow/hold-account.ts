/** Another process: holds the account of the folder, notes one transaction, and stays. */
import { holdAccount } from '../../../src/flow/account.ts'

const [, , folder = ''] = process.argv
const held = await holdAccount({ folder, account: '0x22', waitMs: 0 })
await held.note({ hash: `0x${'ab'.repeat(32)}`, raw: '0x02', from: '0x22', nonce: 7 })
process.send?.('held')
setInterval(() => undefined, 1000)
