import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('traffic_records')
export class TrafficRecord {
  @PrimaryColumn({ type: 'text' })
  reporter: string;

  @PrimaryColumn({ type: 'text' })
  id: string;

  @PrimaryColumn({ type: 'timestamptz' })
  start: string;

  @Column({ type: 'timestamptz' })
  end: string;

  @Column({ type: 'text' })
  direction: string;

  @Column({ type: 'bigint' })
  bytes: string;

  @Column({ type: 'text', nullable: true })
  sourceRegion: string | null;

  @Column({ type: 'text', nullable: true })
  destinationRegion: string | null;

  @Column({ type: 'text', nullable: true })
  service: string | null;

  @Column({ type: 'text', nullable: true })
  customer: string | null;
}
