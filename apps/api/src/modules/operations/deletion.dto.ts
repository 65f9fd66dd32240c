import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

/** What every deletion takes. */
export class DeletionQuery {
  /** Why; kept in the audit log. */
  @ApiProperty({ example: 'Made by mistake' })
  @IsString()
  @Length(1, 255)
  reason: string;
}
