import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';

export class TrafficRecordDto {
  @IsString()
  @Length(1, 128)
  id: string;

  @IsIn(['egress', 'ingress'])
  direction: string;

  @IsISO8601()
  start: string;

  @IsISO8601()
  end: string;

  @Matches(/^\d{1,19}$/)
  bytes: string;

  @IsOptional()
  @IsString()
  @Length(1, 128)
  sourceRegion?: string;

  @IsOptional()
  @IsString()
  @Length(1, 128)
  destinationRegion?: string;

  @IsOptional()
  @IsString()
  @Length(1, 128)
  service?: string;

  @IsOptional()
  @IsString()
  @Length(1, 128)
  customer?: string;
}

export class BatchDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => TrafficRecordDto)
  records: TrafficRecordDto[];
}
