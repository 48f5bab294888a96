/** The demo as a story for a person: steps, ids, epochs, timings; a bar on a terminal, plain lines elsewhere. */
import { formatDuration as formatTerm, formatFil } from '../../src/deal/units.ts'
import type { FlowEvent } from '../../src/flow/events.ts'
import type { ProviderEvent } from '../../src/provider/events.ts'
import { formatBytes, formatCount, formatPlural } from '../../src/terminal/format.ts'
import { createProgress } from '../../src/terminal/progress.ts'
import { createStory } from '../../src/terminal/story.ts'
import { hasColour, type TextStream } from '../../src/terminal/stream.ts'
import type { Tell } from './life.ts'

interface Narrator extends Tell {
  /** The closing lines. */
  end(text: string): void
  /** Takes a bar away before an error is printed. */
  fail(): void
}

/** `proposal` and a space, so that an id of 66 characters fits 80 columns. */
const NAME_WIDTH = 9

export function narrator(stream: TextStream, input: string): Narrator {
  const story = createStory(stream, {
    colour: hasColour(stream, process.env),
    nameWidth: NAME_WIDTH,
  })
  const progress = createProgress(stream, { isTerminal: stream.isTTY === true })
  story.title(`Sealift stores ${input} on a local Filecoin and reads it back`)

  /** What providers did before their step began, which the chain may tell them first. */
  let early: (() => void)[] | undefined = []
  const of = ({ provider }: { provider: bigint }, text: string): void => {
    const tell = (): void => story.fact(`f0${provider}`, text)
    if (early === undefined) tell()
    else early.push(tell)
  }

  const onEvent = (event: FlowEvent | ProviderEvent): void => {
    switch (event.type) {
      case 'prepare:progress':
        return progress.update({ label: 'preparing', bytes: event.bytes, total: event.total })
      case 'retrieve:progress':
        return progress.update({ label: 'downloading', bytes: event.bytes, total: event.total })
      case 'retrieve:refused':
        return story.bad(`${event.name} is no source: ${event.reason}`)
      case 'escrow:short':
        return story.fact('pays', `${formatFil(event.missing)} into the escrow of the client`)
      case 'propose:done':
        story.fact('proposal', event.proposalId)
        if (event.tx !== undefined) story.fact('tx', event.tx)
        story.step('Two providers take it')
        for (const tell of early ?? []) tell()
        early = undefined
        return undefined
      case 'seen':
        return of(event, `saw the event at epoch ${formatCount(event.block)}`)
      case 'refused':
        return story.bad(`f0${event.provider} refuses: ${event.reason}`)
      case 'downloaded':
        return of(event, `downloaded ${formatBytes(event.size)}, the commitment is right`)
      case 'published':
        return of(event, `published deal ${event.dealId}, the client agreed`)
      case 'sealed':
        return of(event, `sealed it into sector ${event.sector}`)
      case 'deal:active':
        return of(event, `deal ${event.dealId} is active since epoch ${formatCount(event.epoch)}`)
      case 'failed':
        return story.bad(`f0${event.provider} failed at ${event.step}: ${event.reason}`)
      default:
        return undefined
    }
  }

  return {
    starting: () => story.step('Start a local Filecoin'),
    started({ providers, depotUrl }, epoch) {
      story.fact('chain', `id 31415926, epoch ${formatCount(epoch)}, the market f05 at 0xff00…05`)
      for (const { id, url } of providers) story.fact('provider', `f0${id} at ${url}`)
      story.fact('depot', depotUrl)
    },
    deploying: () => story.step('Deploy the storage client'),
    deployed(client, owner) {
      const { address, f4, id } = client
      story.fact('client', [address, f4, ...(id === null ? [] : [id])].join('\n'))
      story.fact('owner', owner)
    },
    preparing: () => story.step(`Prepare ${input}`),
    prepared({ files, size, pieceSize, root, pieceCid }) {
      progress.done()
      story.fact('files', `${formatPlural(files, 'file')} in a CAR of ${formatBytes(size)}`)
      story.fact('root', root)
      story.fact('piece', `${pieceCid}\npadded to ${formatBytes(pieceSize)}`)
    },
    proposing: () => story.step('Propose a deal with two replicas'),
    stored({ deals, startEpoch, endEpoch, pricePerEpoch, replicas }, links) {
      const epochs = BigInt(endEpoch - startEpoch)
      const cost = BigInt(pricePerEpoch) * epochs * BigInt(replicas)
      if (deals.every(({ state }) => state === 'active'))
        story.good(`${formatPlural(deals.length, 'deal')} active, each with its own provider`)
      story.fact(
        'term',
        `epoch ${formatCount(startEpoch)} to ${formatCount(endEpoch)}, ${formatTerm(epochs)}`,
      )
      story.fact('price', `${formatFil(cost)} for both, all of it`)
      for (const { dealId, provider } of deals) {
        const link = links.get(provider)
        if (link !== undefined) story.fact(`deal ${dealId}`, link)
      }
    },
    losing: () => story.step('Lose the local copy and fetch it back from a provider'),
    lost: ({ size }) => story.fact('deleted', `the piece in the depot, ${formatBytes(size)}`),
    retrieved({ source, bytes, files }) {
      progress.done()
      story.fact('source', source)
      story.fact('verified', 'every block against its CID, the whole against the commitment')
      story.fact('unpacked', `${formatPlural(files, 'file')}, ${formatBytes(bytes)}`)
    },
    comparing: () => story.step('Compare'),
    compared({ files, bytes, different }) {
      if (different.length === 0)
        story.good(`${formatPlural(files, 'file')}, ${formatBytes(bytes)}: every byte is identical`)
      else
        story.bad(`${formatPlural(different.length, 'file')} missing or different: ${different[0]}`)
    },
    event: onEvent,
    end(text) {
      story.end(text)
      story.note('Step by step, it says what comes next: npx hardhat localnet')
    },
    fail: () => progress.drop(),
  }
}
