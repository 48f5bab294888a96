/** `check-demo FILE`: whether what `npm run demo -- --json` printed tells of a deal that was made and data that came back. */
import { readFileSync } from 'node:fs'
import { z } from 'zod/v4'

const schema = z.object({
  version: z.literal(1),
  kind: z.literal('demo'),
  prepared: z.object({
    root: z.string(),
    pieceCid: z.string().startsWith('baga'),
    files: z.int().positive(),
  }),
  proposal: z.object({
    proposalId: z.string().regex(/^0x[0-9a-f]{64}$/),
    replicas: z.literal(2),
    deals: z
      .array(
        z.object({
          provider: z.string().regex(/^f0\d+$/),
          state: z.literal('active'),
          activatedAt: z.int().positive(),
        }),
      )
      .length(2),
  }),
  retrieved: z.object({
    root: z.string(),
    source: z.string().regex(/^f0\d+$/),
    verified: z.literal(true),
  }),
  compared: z.object({ files: z.int().positive(), different: z.tuple([]) }),
  peakMemoryBytes: z.int().max(600_000_000),
})

const [file = ''] = process.argv.slice(2)
const { prepared, proposal, retrieved, compared } = schema.parse(
  JSON.parse(readFileSync(file, 'utf8')),
)
const providers = new Set(proposal.deals.map(({ provider }) => provider))
const complaints = [
  ...(providers.size === 2 ? [] : ['both replicas are with one provider']),
  ...(retrieved.root === prepared.root ? [] : ['another root came back']),
  ...(compared.files === prepared.files ? [] : ['another number of files came back']),
]
for (const complaint of complaints) console.error(complaint)
console.log(`demo: ${compared.files} files, deals with ${[...providers].join(' and ')}`)
process.exitCode = complaints.length === 0 ? 0 : 1
