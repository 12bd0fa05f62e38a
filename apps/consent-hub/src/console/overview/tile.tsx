import type { ComponentChildren, JSX } from 'preact';
import type { Meaning } from '../frame/parts.js';

export interface Tile {
  readonly name: string;
  readonly figure: ComponentChildren;
  readonly note: ComponentChildren;
  readonly meaning?: Meaning | undefined;
  readonly isWord?: boolean;
  /** Path of the console that shows more. */
  readonly href?: string | undefined;
}

/** A figure of the moment. */
export function TileOf({ name, figure, note, meaning, isWord = false, href }: Tile): JSX.Element {
  const content = (
    <>
      <span class="name">{name}</span>
      <span class={`figure ${isWord ? 'word ' : ''}${meaning ?? ''}`.trim()}>{figure}</span>
      <span class="note">{note}</span>
    </>
  );
  return (
    <li>
      {href === undefined ? (
        <div class="tile" data-tile={name}>
          {content}
        </div>
      ) : (
        <a class="tile" data-tile={name} href={href}>
          {content}
        </a>
      )}
    </li>
  );
}
