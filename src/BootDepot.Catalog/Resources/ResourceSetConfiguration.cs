using BootDepot.Catalog.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Resources;

internal sealed class ResourceSetConfiguration : IEntityTypeConfiguration<ResourceSet>
{
    public void Configure(EntityTypeBuilder<ResourceSet> builder)
    {
        builder.Property(s => s.Version).HasMaxLength(MaxLengths.Name);
        builder.Property(s => s.Label).HasMaxLength(MaxLengths.Name);
        builder.Property(s => s.UpstreamLabel).HasMaxLength(MaxLengths.Name);
        builder.Property(s => s.ContentId).HasMaxLength(MaxLengths.Path);
        builder.Property(s => s.ProductName).HasMaxLength(MaxLengths.Path);
        builder.Property(s => s.SignedBy).HasMaxLength(MaxLengths.Fingerprint);
        builder.HasIndex(s => new { s.ResourceId, s.Version }).IsUnique();
        builder.HasMany(s => s.Files).WithOne(f => f.Set).HasForeignKey(f => f.SetId).OnDelete(DeleteBehavior.Cascade);
        // What came from a source outlives it.
        builder.HasOne<BootSource>().WithMany().HasForeignKey(s => s.BootSourceId).OnDelete(DeleteBehavior.SetNull);
    }
}
