import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length, Matches } from 'class-validator';

const outcomes = ['completed', 'failed'] as const;

/** What an operator says of a payment or refund that no provider settles. */
export class SettlementDto {
  @ApiProperty({ enum: outcomes, example: 'completed' })
  @IsIn(outcomes)
  outcome: (typeof outcomes)[number];

  /** What proves it, as in the line of a bank statement. It settles nothing else. */
  @ApiProperty({ example: 'statement 2026-11, line 7' })
  @Matches(/\S/, { message: 'evidence_reference must not be blank' })
  @Length(1, 255)
  @IsString()
  evidence_reference: string;

  /** Why; kept in the audit log, for internal teams alone. */
  @ApiProperty({ example: 'The transfer arrived in full' })
  @Matches(/\S/, { message: 'reason must not be blank' })
  @Length(1, 255)
  @IsString()
  reason: string;
}
