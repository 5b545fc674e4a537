using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Imports;

internal sealed class ImportRunConfiguration : IEntityTypeConfiguration<ImportRun>
{
    public void Configure(EntityTypeBuilder<ImportRun> builder)
    {
        builder.Property(r => r.Trigger).HasMaxLength(MaxLengths.Code);
        builder.Property(r => r.RequestedBy).HasMaxLength(MaxLengths.Name);
        builder.Property(r => r.Holder).HasMaxLength(MaxLengths.Name);
        // "Which runs are still said to be running?" is asked at each start.
        builder.HasIndex(r => r.State);
    }
}
