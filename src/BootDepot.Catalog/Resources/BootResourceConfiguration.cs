using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Resources;

internal sealed class BootResourceConfiguration : IEntityTypeConfiguration<BootResource>
{
    public void Configure(EntityTypeBuilder<BootResource> builder)
    {
        // "os/release" and "arch/subarch": two safe names and a slash.
        builder.Property(r => r.Name).HasMaxLength(MaxLengths.NamePair);
        builder.Property(r => r.Architecture).HasMaxLength(MaxLengths.NamePair);
        builder.Property(r => r.KernelFlavor).HasMaxLength(MaxLengths.Name);
        builder.Property(r => r.BootloaderType).HasMaxLength(MaxLengths.Name);
        builder.Property(r => r.BaseImage).HasMaxLength(MaxLengths.NamePair);
        builder.HasIndex(r => new { r.Kind, r.Name, r.Architecture }).IsUnique();
        builder.HasMany(r => r.Sets).WithOne(s => s.Resource).HasForeignKey(s => s.ResourceId).OnDelete(DeleteBehavior.Cascade);
    }
}
