using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Resources;

internal sealed class ResourceFileConfiguration : IEntityTypeConfiguration<ResourceFile>
{
    public void Configure(EntityTypeBuilder<ResourceFile> builder)
    {
        builder.Property(f => f.Filename).HasMaxLength(MaxLengths.Name);
        builder.Property(f => f.FileType).HasMaxLength(MaxLengths.Name);
        builder.Property(f => f.Sha256).HasMaxLength(Digest.HexLength);
        builder.Property(f => f.ItemName).HasMaxLength(MaxLengths.Name);
        builder.Property(f => f.ItemPath).HasMaxLength(MaxLengths.Path);
        builder.HasIndex(f => new { f.SetId, f.Filename }).IsUnique();
        // Who uses this blob? Asked by the collector and by every new file.
        builder.HasIndex(f => f.Sha256);
        builder.ToTable(t => t.HasCheckConstraint("CK_Files_Size", "\"Size\" >= 0"));
    }
}
