/** Providers as a person compares them: a table of at most 80 columns, and the reasons for each place below it. */
import { formatDuration, formatFil } from '../src/deal/units.ts'
import type { ProvidersDocument, RankedProviderDocument } from '../src/flow/documents.ts'
import { formatTable } from '../src/terminal/table.ts'
import { onNetwork } from './messages.ts'

const WIDTH = 80
const VERDICTS = { usable: 'yes', unknown: '?', unusable: 'no' } as const

export function describeProviders(document: ProvidersDocument, name: string): string[] {
  const { providers, notes, network } = document
  if (providers.length === 0)
    return [
      `No provider of ${network} is known here.`,
      'The list that Sealift ships is empty for it: who takes contract deals today can only be asked.',
      ...notes.flatMap((note) => wrapped('', `Note: ${note}.`, '')),
      'Name some, or keep a list: docs/providers.md says how.',
      `Next: npx hardhat providers f01234${onNetwork(name)}`,
    ]
  const best = providers.find(({ verdict }) => verdict !== 'unusable')
  return [
    ...formatTable([
      ['#', 'provider', 'use', 'ask/GiB/epoch', 'kept', 'refused', 'to publish', 'to active'],
      ...providers.map(row),
    ]),
    ...providers.flatMap(reasons),
    '',
    ...notes.flatMap((note) => wrapped('', `Note: ${note}.`, '')),
    ...(best === undefined
      ? []
      : [`Next: npx hardhat make-deal --file PATH --provider ${best.provider}${onNetwork(name)}`]),
  ]
}

function row({ place, provider, verdict, ask, experience }: RankedProviderDocument): string[] {
  const { kept, lost, accepted, refused } = experience
  return [
    String(place),
    provider,
    VERDICTS[verdict],
    ask === null ? '?' : formatFil(BigInt(ask.pricePerGib)),
    kept + lost === 0 ? '?' : `${kept} of ${kept + lost}`,
    accepted + refused === 0 ? '?' : `${refused} of ${accepted + refused}`,
    time(experience.toPublish),
    time(experience.toActive),
  ]
}

function time(sample: { readonly median: number; readonly n: number } | null): string {
  return sample === null ? '?' : formatDuration(BigInt(sample.median))
}

function reasons({ place, provider, reasons: all }: RankedProviderDocument): string[] {
  return [
    '',
    `${place}  ${provider}`,
    ...all.flatMap(({ sign, text }) => wrapped(`   ${sign} `, text, '     ')),
  ]
}

/** Lines of at most 80 columns where words allow it; those after the first begin with `indent`. */
function wrapped(first: string, text: string, indent: string): string[] {
  const lines: string[] = []
  let [line, words] = [first, 0]
  for (const word of text.split(' ')) {
    if (words > 0 && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      ;[line, words] = [indent, 0]
    }
    line += words === 0 ? word : ` ${word}`
    words += 1
  }
  return [...lines, line]
}
