using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Sources;

internal sealed class OfferConfiguration : IEntityTypeConfiguration<Offer>
{
    public void Configure(EntityTypeBuilder<Offer> builder)
    {
        builder.Property(o => o.Os).HasMaxLength(MaxLengths.Name);
        builder.Property(o => o.Release).HasMaxLength(MaxLengths.Name);
        builder.Property(o => o.Arch).HasMaxLength(MaxLengths.Name);
        builder.Property(o => o.Subarch).HasMaxLength(MaxLengths.Name);
        builder.Property(o => o.KernelFlavor).HasMaxLength(MaxLengths.Name);
        builder.Property(o => o.Label).HasMaxLength(MaxLengths.Name);
        builder.Property(o => o.Version).HasMaxLength(MaxLengths.Name);
        builder.HasIndex(o => new { o.Os, o.Release });
        builder.HasOne<BootSource>().WithMany().HasForeignKey(o => o.BootSourceId).OnDelete(DeleteBehavior.Cascade);
    }
}
