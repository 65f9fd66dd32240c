import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { ApiError } from '../errors/api-error.js';

/** Where a page begins: the place of the last row of the page before, and its id. */
export interface Position {
  /** What the list is ordered by, as text of the database: a timestamp with its microseconds. */
  place: string;
  id: string;
}

/** What every list takes. */
export class PageQuery {
  /** How many rows a page has. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
  @IsOptional()
  @Type(() => Number)
  @Max(100)
  @Min(1)
  @IsInt()
  limit?: number;

  /** `next_cursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

/** What every list answers beside its `data`. */
export class PageDto {
  @ApiProperty({ example: 'list' })
  object: string;
  has_more: boolean;
  /** Pass it as `cursor` to get the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next_cursor: string | null;
}

const macLength = 22;

/** Writes and reads cursors that only we can make, each bound to what it was made for. */
export class Cursors {
  constructor(private readonly pepper: Buffer) {}

  /** @param purpose the list, its owner and its filters: a cursor is of no use elsewhere */
  write(position: Position, purpose: string): string {
    const payload = Buffer.from(`${position.place} ${position.id}`).toString('base64url');
    return payload + this.mac(payload, purpose);
  }

  /** @throws ApiError `cursor_invalid` */
  read(cursor: string, purpose: string): Position {
    const payload = cursor.slice(0, -macLength);
    const given = Buffer.from(cursor.slice(-macLength));
    const right = Buffer.from(this.mac(payload, purpose));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new ApiError('cursor_invalid');
    }
    const [place = '', id = ''] = Buffer.from(payload, 'base64url').toString().split(' ');
    return { place, id };
  }

  private mac(payload: string, purpose: string): string {
    const mac = createHmac('sha256', this.pepper).update(`cursor:${purpose}:${payload}`);
    return mac.digest('base64url').slice(0, macLength);
  }
}
