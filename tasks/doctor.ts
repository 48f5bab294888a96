/** `doctor [PROPOSAL]`: everything that providers and the market check, before they do. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import type { Finding, Verdict } from '../src/doctor/check.ts'
import { GROUPS } from '../src/doctor/check.ts'
import { diagnosisDocument } from '../src/flow/diagnosis.ts'
import type { DiagnosisDocument } from '../src/flow/documents.ts'
import { examineProposal, examineSetup, type Extras } from '../src/flow/examine.ts'
import { formatPlural } from '../src/terminal/format.ts'
import { openExamination } from './examination.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { type Outcome, runTask } from './run.ts'
import { optional, toProposalId, toProviders } from './values.ts'

type Text = string | undefined

export interface DoctorArguments {
  readonly proposal: Text
  readonly cid: Text
  readonly url: Text
  readonly provider: Text
  readonly commitment: boolean
  readonly depot: Text
  readonly contract: Text
  readonly json: boolean
}

export interface DoctorPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  readonly examineSetup: (
    subject: Extras & { readonly url?: string | undefined; readonly cid?: string | undefined },
  ) => Promise<Finding[]>
  readonly examineProposal: (
    proposalId: string,
    extras: Extras & { readonly url?: string | undefined },
  ) => Promise<Finding[]>
}

export async function examine(
  args: Pick<DoctorArguments, 'proposal' | 'cid' | 'url' | 'provider' | 'commitment'>,
  { network, name, ...ports }: DoctorPorts,
): Promise<Outcome<DiagnosisDocument>> {
  const { commitment, url, cid } = args
  const extras = { commitment, url, providers: optional('--provider', args.provider, toProviders) }
  const id = args.proposal === undefined ? undefined : toProposalId('PROPOSAL', args.proposal)
  const findings =
    id === undefined
      ? await ports.examineSetup({ ...extras, cid })
      : await ports.examineProposal(id, extras)
  const document = diagnosisDocument(network.name, id ?? null, findings)
  return {
    document,
    text: describe(document, name),
    isRefused: document.counts.refused > 0,
  }
}

function describe({ findings, counts, network, proposalId }: DiagnosisDocument, name: string) {
  const lines = [proposalId === null ? network : `${network}, proposal ${proposalId}`]
  for (const group of GROUPS) {
    const own = findings.filter((finding) => finding.group === group)
    if (own.length === 0) continue
    lines.push('', group, ...own.flatMap(describeFinding))
  }
  const first = findings.find(({ verdict }) => verdict === 'refused')
  return [...lines, '', summary(counts), ...nextLine(first, name)]
}

/** All as wide as the longest. */
const WORDS: Readonly<Record<Verdict, string>> = {
  ok: 'ok     ',
  warning: 'warning',
  refused: 'refused',
  unknown: 'unknown',
}

function describeFinding({ code, title, by, verdict, about, seen, expected, fix, next }: Finding) {
  const who = about === null ? '' : ` (${about})`
  const line = `  ${WORDS[verdict]}  ${code}  ${title}${who}: ${seen}`
  const indent = ' '.repeat(11)
  return [
    line,
    ...(expected === null ? [] : [`${indent}expected: ${expected}`]),
    ...(verdict === 'refused' ? [`${indent}refused by: ${by.join(', ')}`] : []),
    ...(fix === null ? [] : [`${indent}what to do: ${fix}`]),
    ...(next === null ? [] : [`${indent}next: ${next}`]),
  ]
}

function summary({ ok, warning, refused, unknown }: DiagnosisDocument['counts']): string {
  const parts = [
    refused === 0 ? 'Nothing would be refused' : `${refused} would be refused`,
    formatPlural(warning, 'warning'),
    `${unknown} not known`,
    `${ok} ok`,
  ]
  return `${parts.join(', ')}.`
}

function nextLine(refused: Finding | undefined, name: string): string[] {
  if (refused === undefined) return [`Next: npx hardhat make-deal --file PATH${onNetwork(name)}`]
  return [`Next: ${refused.next ?? `npx hardhat explain ${refused.code}`}`]
}

export default function action(
  args: DoctorArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    openExamination(hre, run, args, ({ ports, name }) =>
      examine(args, {
        network: ports.network,
        name,
        examineSetup: (subject) => examineSetup(subject, ports),
        examineProposal: (id, extras) => examineProposal(id, extras, ports),
      }),
    ),
  )
}
