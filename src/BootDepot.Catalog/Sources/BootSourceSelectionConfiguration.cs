using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Sources;

internal sealed class BootSourceSelectionConfiguration : IEntityTypeConfiguration<BootSourceSelection>
{
    public void Configure(EntityTypeBuilder<BootSourceSelection> builder)
    {
        builder.Property(s => s.Os).HasMaxLength(MaxLengths.Name);
        builder.Property(s => s.Release).HasMaxLength(MaxLengths.Name);
        builder.HasIndex(s => new { s.BootSourceId, s.Os, s.Release }).IsUnique();
    }
}
